package smtpsend_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/time/rate"

	"github.com/convene-go/convene/smtpsend"
)

// TestAdmitImpatient has a limiter of one message in a minute, which two senders share,
// and callers who wait for a minute at a time, as the workers of a queue do. A caller who
// gives up takes nothing from the others: each minute has its message.
func TestAdmitImpatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := rate.NewLimiter(rate.Every(time.Minute), 1)
		end := time.Now().Add(30*time.Minute + 30*time.Second)
		var mu sync.Mutex
		admitted := 0
		var all sync.WaitGroup
		var senders []*smtpsend.Sender
		for i := range 16 {
			if i%8 == 0 {
				senders = append(senders, new(scripted).sender(t, smtpsend.Options{Limiter: l}))
			}
			sender := senders[len(senders)-1]
			all.Go(func() {
				time.Sleep(time.Duration(i) * 3 * time.Second)
				for time.Now().Before(end) {
					ctx, cancel := context.WithCancel(t.Context())
					time.AfterFunc(time.Minute, cancel)
					if _, leave, err := sender.Admit(ctx, true); err == nil {
						mu.Lock()
						admitted++
						mu.Unlock()
						leave()
					}
					cancel()
				}
			})
		}
		time.Sleep(time.Until(end))
		mu.Lock()
		n := admitted
		mu.Unlock()
		if n < 29 || n > 31 {
			t.Errorf("%d messages are admitted in 30 minutes, want about 30", n)
		}
		all.Wait()
		for _, s := range senders {
			s.Close()
		}
	})
}

// TestAdmitKeeps gives up while the limiter is waited for. The next caller has the message
// that the limiter lets through then, and need not wait.
func TestAdmitKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := rate.NewLimiter(rate.Every(time.Hour), 1)
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: l})
		defer sender.Close()
		if n, leaves := roomFor(t, sender); n != 1 {
			t.Fatalf("%d messages are admitted at once, want 1", n)
		} else {
			leaves[0]()
		}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		if _, _, err := sender.Admit(ctx, true); !errors.Is(err, context.Canceled) {
			t.Errorf("Admit = %v, want the end of the context", err)
		}
		if n, _ := roomFor(t, sender); n != 0 {
			t.Errorf("after a minute %d messages are admitted, want none", n)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if n, _ := roomFor(t, sender); n != 1 {
			t.Errorf("after an hour %d messages are admitted, want 1", n)
		}
		if _, _, err := sender.Admit(t.Context(), true); err != nil {
			t.Errorf("waiting for the next message: %v", err)
		}
	})
}

// TestAdmitClosed closes a sender whose limiter is waited for. The limiter may be faster
// to say that its context has ended.
func TestAdmitClosed(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			sender := new(scripted).sender(t, smtpsend.Options{Limiter: rate.NewLimiter(rate.Every(time.Hour), 1)})
			roomFor(t, sender)
			time.AfterFunc(time.Second, func() { sender.Close() })
			begin := time.Now()
			_, _, err := sender.Admit(t.Context(), true)
			if took := time.Since(begin); !errors.Is(err, smtpsend.ErrClosed) || took != time.Second {
				t.Errorf("Admit = %v after %v, want %v after 1s", err, took, smtpsend.ErrClosed)
			}
		})
	}
}

// TestAdmitBehind ends the waiting of callers who come after one that waits for the limiter.
func TestAdmitBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: rate.NewLimiter(rate.Every(time.Hour), 1)})
		roomFor(t, sender)
		begin := time.Now()
		var all sync.WaitGroup
		wait := func(ctx context.Context, want error, after time.Duration) {
			all.Go(func() {
				_, _, err := sender.Admit(ctx, true)
				if took := time.Since(begin); !errors.Is(err, want) || took != after {
					t.Errorf("Admit = %v after %v, want %v after %v", err, took, want, after)
				}
			})
			synctest.Wait()
		}
		ctx, cancel := context.WithCancel(t.Context())
		wait(t.Context(), smtpsend.ErrClosed, 2*time.Second)
		wait(ctx, context.Canceled, time.Second)
		wait(t.Context(), smtpsend.ErrClosed, 2*time.Second)
		time.AfterFunc(time.Second, cancel)
		time.AfterFunc(2*time.Second, func() { sender.Close() })
		all.Wait()
	})
}

// hourly is a limiter that waits for an hour, and says then what it has.
type hourly struct{ err error }

func (hourly) Allow() bool { return true }

func (l hourly) Wait(ctx context.Context) error {
	select {
	case <-time.After(time.Hour):
		return l.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// TestAdmitOrder asks for room while another caller waits for the limiter. There is none,
// also if the limiter has something for whoever comes at that moment.
func TestAdmitOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: hourly{}})
		admitted := make(chan error)
		go func() {
			_, _, err := sender.Admit(t.Context(), true)
			admitted <- err
		}()
		synctest.Wait()
		if n, _ := roomFor(t, sender); n != 0 {
			t.Errorf("%d messages are admitted before the caller who waits, want none", n)
		}
		if err := <-admitted; err != nil {
			t.Error(err)
		}
		if n, _ := roomFor(t, sender); n != 3 {
			t.Errorf("%d messages are admitted afterwards, want 3 of 4 places", n)
		}
		sender.Close()
	})
}

// TestAdmitRefused has a limiter that fails when the caller has gone. That admits nothing.
func TestAdmitRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := hourly{errors.New("limiter is away")}
		sender := new(scripted).sender(t, smtpsend.Options{Limiter: l})
		defer sender.Close()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		if _, _, err := sender.Admit(ctx, true); !errors.Is(err, context.Canceled) {
			t.Errorf("Admit = %v, want the end of the context", err)
		}
		time.Sleep(2 * time.Hour)
		synctest.Wait()
		if admitted, _, err := sender.Admit(t.Context(), false); admitted != nil || err != nil {
			t.Errorf("Admit = %v, %v, want no room", admitted, err)
		}
		if _, _, err := sender.Admit(t.Context(), true); !errors.Is(err, l.err) {
			t.Errorf("Admit = %v, want the error of the limiter", err)
		}
	})
}
