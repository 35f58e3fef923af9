package smtpsend_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

var _ invite.Pacer = (*smtpsend.Sender)(nil)

// roomFor counts the messages that a sender admits at once.
func roomFor(t *testing.T, s invite.Pacer) (n int, leaves []func()) {
	for {
		ctx, leave, err := s.Admit(t.Context(), false)
		if err != nil {
			t.Fatal(err)
		}
		if ctx == nil {
			return n, leaves
		}
		n++
		leaves = append(leaves, leave)
	}
}

// TestAdmit admits twice as many messages as there are connections.
func TestAdmit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := new(scripted).sender(t, smtpsend.Options{Connections: 3})
		n, leaves := roomFor(t, sender)
		if n != 6 {
			t.Fatalf("%d messages are admitted at once, want 6", n)
		}
		time.AfterFunc(time.Second, leaves[0])
		begin := time.Now()
		ctx, leave, err := sender.Admit(t.Context(), true)
		if took := time.Since(begin); err != nil || took != time.Second {
			t.Errorf("Admit = %v after %v, want room after 1s", err, took)
		}
		if err := sender.Send(ctx, letter("bob@example.com")); err != nil {
			t.Error(err)
		}
		leave()
		for _, leave := range leaves[1:] {
			leave()
		}
		if n, _ := roomFor(t, sender); n != 6 {
			t.Errorf("afterwards %d messages are admitted at once, want 6", n)
		}
		sender.Close()
	})
}

// TestAdmitEnds waits for room that nobody gives back.
func TestAdmitEnds(t *testing.T) {
	tests := []struct {
		name string
		end  func(sender *smtpsend.Sender, cancel context.CancelFunc)
		want error
	}{
		{"context", func(_ *smtpsend.Sender, cancel context.CancelFunc) { cancel() }, context.Canceled},
		{"closed", func(sender *smtpsend.Sender, _ context.CancelFunc) { sender.Close() }, smtpsend.ErrClosed},
	}
	for _, x := range tests {
		for _, limited := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				o := smtpsend.Options{Connections: 1}
				if limited {
					o.Limiter = rate.NewLimiter(rate.Every(time.Hour), 2)
				}
				sender := new(scripted).sender(t, o)
				roomFor(t, sender)
				ctx, cancel := context.WithCancel(t.Context())
				time.AfterFunc(time.Second, func() { x.end(sender, cancel) })
				begin := time.Now()
				_, _, err := sender.Admit(ctx, true)
				if took := time.Since(begin); !errors.Is(err, x.want) || took != time.Second {
					t.Errorf("%s: Admit = %v after %v, want %v after 1s", x.name, err, took, x.want)
				}
				if _, _, err := sender.Admit(ctx, false); !errors.Is(err, x.want) {
					t.Errorf("%s: afterwards Admit without waiting = %v, want %v", x.name, err, x.want)
				}
				sender.Close()
			})
		}
	}
}

// TestAdmitLimit has a limiter of one message in ten seconds. A message passes it once,
// and each further try passes it again.
func TestAdmitLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(scripted)
		s.once("MAIL", "451 4.3.0 no")
		l := rate.NewLimiter(rate.Every(10*time.Second), 1)
		sender := s.sender(t, smtpsend.Options{Limiter: l, Retry: smtpsend.Retry{Budget: time.Minute, First: time.Millisecond}})
		n, leaves := roomFor(t, sender)
		if n != 1 {
			t.Errorf("%d messages are admitted at once, want 1", n)
		}
		leaves[0]()
		begin := time.Now()
		ctx, leave, err := sender.Admit(t.Context(), true)
		if took := time.Since(begin); err != nil || took != 10*time.Second {
			t.Fatalf("Admit = %v after %v, want room after 10s", err, took)
		}
		if err := sender.Send(ctx, letter("bob@example.com")); err != nil {
			t.Error(err)
		}
		leave()
		if took := time.Since(begin).Round(time.Second); took != 20*time.Second {
			t.Errorf("two tries were over after %v, want 20s: the first one does not wait again", took)
		}
		sender.Close()
	})
}

// TestAdmitSlow has a limiter that cannot say whether there is room.
func TestAdmitSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := new(slow)
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: l})
		for range 10 { // more than there are places
			if n, _ := roomFor(t, sender); n != 0 || l.waits != 0 {
				t.Errorf("%d messages are admitted at once after %d waits, want none", n, l.waits)
			}
		}
		l.err = errors.New("would exceed the deadline")
		for range 10 { // more than there are places, because each is given back
			if _, _, err := sender.Admit(t.Context(), true); !errors.Is(err, l.err) {
				t.Errorf("Admit = %v, want the error of the limiter", err)
			}
		}
		sender.Close()
	})
}

// TestAdmitDeadline has a limiter that lets the next message through after the deadline of
// the context. Admit waits until then, because the limiter may have room earlier.
func TestAdmitDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: rate.NewLimiter(rate.Every(time.Hour), 1)})
		roomFor(t, sender)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begin := time.Now()
		_, _, err := sender.Admit(ctx, true)
		if took := time.Since(begin); !errors.Is(err, context.DeadlineExceeded) || took != time.Minute {
			t.Errorf("Admit = %v after %v, want context.DeadlineExceeded after 1m", err, took)
		}
		sender.Close()
	})
}

// TestAdmitLocal has a sender to a folder, which has always room.
func TestAdmitLocal(t *testing.T) {
	sender, err := smtpsend.Open("file://" + t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	for range 100 {
		if ctx, leave, err := sender.Admit(t.Context(), false); ctx == nil || leave == nil || err != nil {
			t.Fatalf("Admit = %v, %v, want room", ctx, err)
		}
	}
}

// TestAdmitNext gives the room of a message to the next one, although others wait, and
// counts the rooms afterwards.
func TestAdmitNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := new(scripted).sender(t, smtpsend.Options{Connections: 1})
		ctx, leave, _ := sender.Admit(t.Context(), true)
		_, other, _ := sender.Admit(t.Context(), true)
		waited := time.Duration(0)
		go func() {
			begin := time.Now()
			_, leave, _ := sender.Admit(t.Context(), true)
			waited = time.Since(begin)
			leave()
		}()
		synctest.Wait()
		for range 3 {
			next, leaveNext, err := sender.Admit(ctx, false)
			if next == nil || err != nil {
				t.Fatalf("Admit for the next message = %v, %v, want room", next, err)
			}
			leave() // gives nothing back, because the room is the next message's
			if again, _, _ := sender.Admit(ctx, false); again != nil {
				t.Error("one message gave its room to two others")
			}
			if err := sender.Send(next, letter("bob@example.com")); err != nil {
				t.Error(err)
			}
			ctx, leave = next, leaveNext
			time.Sleep(time.Second)
		}
		leave()
		leave() // once more does no harm
		synctest.Wait()
		if waited.Round(time.Second) != 3*time.Second {
			t.Errorf("another message waited for %v, want 3s", waited)
		}
		other()
		if n, _ := roomFor(t, sender); n != 2 {
			t.Errorf("afterwards %d messages are admitted at once, want 2", n)
		}
		sender.Close()
	})
}

// TestAdmitNextLimit asks for the next message after the room was given back. The message
// passes the limiter once.
func TestAdmitNextLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: rate.NewLimiter(rate.Every(time.Hour), 2)})
		ctx, leave, _ := sender.Admit(t.Context(), false)
		leave()
		next, leave, err := sender.Admit(ctx, false)
		if next == nil || err != nil {
			t.Fatalf("Admit = %v, %v, want room: the limiter has let one message of two through", next, err)
		}
		leave()
		sender.Close()
	})
}
