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
	})
}

// TestAdmitClosed closes a sender whose limiter is waited for.
func TestAdmitClosed(t *testing.T) {
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
