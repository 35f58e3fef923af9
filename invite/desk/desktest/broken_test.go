package desktest

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// TestRunBrokenTenant checks that many meetings of a tenant without a client do not keep
// Run from the mails of others. The time is the fake one of synctest.
func TestRunBrokenTenant(t *testing.T) {
	for name, broken := range map[string]func() (*invite.Client, error){
		"error": func() (*invite.Client, error) { return nil, errOwn },
		"panic": func() (*invite.Client, error) { panic("index out of range") },
	} {
		t.Run(name, func(t *testing.T) { runBroken(t, broken) })
	}
}

// runBroken runs a desk with meetings whose client is broken, and one other meeting.
func runBroken(t *testing.T, broken func() (*invite.Client, error)) {
	x := newSQLite(t)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, x, desk.Options{})
		defer w.db.Close()
		for range 100 {
			w.send(lunch(1), invite.Tag("broken"))
		}
		w.clock.Advance(time.Minute) // so that the others wait longer
		uid := w.send(lunch(1), invite.Tag("good"))
		ctx, stop := context.WithCancel(t.Context())
		client := invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error { stop(); return nil }), w.o)
		db := x.open(t)
		defer db.Close()
		d := open(t, db, &desk.Options{Now: w.clock.Now, Clients: func(_ context.Context, m *invite.Meeting) (*invite.Client, error) {
			if m.Tag == "broken" {
				return broken()
			}
			return client, nil
		}})
		began := time.Now()
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > time.Second {
			t.Errorf("the mail of the good tenant waits %v", took)
		}
		w.checkStates("at last", uid, delivered)
	})
}
