package desktest

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// connecting is a sender that waits for a server that does not answer. It calls stop, and
// then waits for the end of ctx.
func connecting(stop func()) invite.Sender {
	return invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
		stop()
		<-ctx.Done()
		return ctx.Err()
	})
}

// TestStopIsNoTry ends a call while a mail waits for the server. The next process sends
// the mail at once, and no try is counted.
func TestStopIsNoTry(t *testing.T) {
	calls := map[string]func(ctx context.Context, w *world, d *desk.Desk, c *invite.Client) (uid string){
		"Run": func(ctx context.Context, w *world, d *desk.Desk, _ *invite.Client) string {
			uid := w.send(lunch(3))
			if err := d.Run(ctx); err != nil {
				w.Errorf("Run = %v, want nil", err)
			}
			return uid
		},
		"Deliver": func(ctx context.Context, w *world, d *desk.Desk, _ *invite.Client) string {
			uid := w.send(lunch(3))
			if err := d.Deliver(ctx, uid); err != nil {
				w.Errorf("Deliver = %v, want nil", err)
			}
			return uid
		},
		"Send at once": func(ctx context.Context, w *world, d *desk.Desk, c *invite.Client) string {
			m, err := c.WithLedger(d.Ledger()).Send(ctx, lunch(3))
			if err == nil {
				w.Error("Send = nil, although no mail went out")
			}
			return m.Event.UID
		},
	}
	for name, call := range calls {
		t.Run(name, func(t *testing.T) {
			eachWorld(t, desk.Options{}, func(w *world) {
				ctx, stop := context.WithCancel(w.Context())
				var log strings.Builder
				client := invite.New(connecting(stop), w.o)
				d := open(w.T, w.database.open(w.T), &desk.Options{
					Now: w.clock.Now, Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
				}, client)
				uid := call(ctx, w, d, client)
				w.checkStates("after the stop", uid, pending, pending, pending)
				if due := w.due(uid); due.After(w.clock.Now()) {
					w.Errorf("the next mail is due at %v, want at once, %v", due, w.clock.Now())
				}
				check(w, "tries", 0, w.count(`SELECT SUM(tries) FROM convene_mails WHERE uid = $1`, strings.ToLower(uid)))
				if strings.Contains(log.String(), "level=WARN") || strings.Contains(log.String(), "failed for a while") {
					w.Errorf("the log of an orderly stop:\n%s", &log)
				}
				w.deliver(uid)
				w.checkStates("after a restart", uid, delivered, delivered, delivered)
			})
		})
	}
}

// late is a sender with a limiter that lets mails through only after the deadline.
type late struct{ invite.SenderFunc }

func (late) Admit(ctx context.Context, _ bool) (context.Context, func(), error) {
	if _, ok := ctx.Deadline(); ok {
		return nil, nil, fmt.Errorf("limiter: %w", context.DeadlineExceeded)
	}
	return ctx, func() {}, nil
}

// TestTooLateIsNoTry has a call that may take a minute, and a sender with a limiter that
// would let the mails through later. No try is counted, and the next call sends them.
func TestTooLateIsNoTry(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		d := open(w.T, w.database.open(w.T), &desk.Options{Now: w.clock.Now}, invite.New(late{w.mails.Send}, w.o))
		uid := w.send(lunch(3))
		ctx, cancel := context.WithTimeout(w.Context(), time.Minute)
		defer cancel()
		if err := d.Deliver(ctx, uid); err != nil {
			w.Fatal(err)
		}
		w.checkStates("after a call that is too short", uid, pending, pending, pending)
		check(w, "tries", 0, w.count(`SELECT SUM(tries) FROM convene_mails`))
		if err := d.Deliver(w.Context(), uid); err != nil {
			w.Fatal(err)
		}
		w.checkStates("after the next call", uid, delivered, delivered, delivered)
	})
}

// TestTimeoutIsATry checks that a mail whose server does not answer in time waits for its
// next try. Only the end of the program is none.
func TestTimeoutIsATry(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		d := open(w.T, w.database.open(w.T), &desk.Options{Now: w.clock.Now}, invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error {
			return context.DeadlineExceeded // of a context of the sender
		}), w.o))
		uid := w.send(lunch(1))
		if err := d.Deliver(w.Context(), uid); err != nil {
			w.Fatal(err)
		}
		if got := w.due(uid).Sub(w.clock.Now()); got != time.Minute {
			w.Errorf("due after %v, want a minute", got)
		}
	})
}
