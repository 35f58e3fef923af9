package riverdesk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
)

// byTag returns a function for Options.Clients. Each tag has a client of its own.
func byTag(send func(ctx context.Context, tag string, m *invite.Message) error) func(context.Context, *invite.Meeting) (*invite.Client, error) {
	return func(_ context.Context, m *invite.Meeting) (*invite.Client, error) {
		return invite.New(invite.SenderFunc(func(ctx context.Context, x *invite.Message) error { return send(ctx, m.Tag, x) }), &invite.Options{Parallel: 4}), nil
	}
}

// TestTenants has ten tenants whose servers do not answer, with more meetings than there
// are workers. The mails of forty others go out all the same. When the servers answer, the
// other mails go out, too, and the queues of the tenants are closed.
func TestTenants(t *testing.T) {
	answer := make(chan struct{})
	good := make(chan string, 100)
	var mu sync.Mutex
	late := make(map[string]int)
	w := open(t, newDSN(t), desk.Options{Clients: byTag(func(_ context.Context, tag string, m *invite.Message) error {
		if !strings.HasPrefix(tag, "slow") {
			good <- tag
			return nil
		}
		<-answer
		mu.Lock()
		defer mu.Unlock()
		late[m.ID]++
		return nil
	})}, nil)
	noSweeps(w)
	const slow = 20
	for range slow {
		for i := range 10 {
			w.book(1, invite.Tag(fmt.Sprint("slow", i)))
		}
	}
	for i := range 40 {
		w.book(1, invite.Tag(fmt.Sprint("good", i)))
	}
	w.start()
	timeout := time.After(guard)
	for n := range 40 {
		select {
		case <-good:
		case <-timeout:
			close(answer)
			t.Fatalf("%d of 40 mails went out", n)
		}
	}
	close(answer)
	w.idle()
	check(t, "late mails", 10*slow, len(late))
	if n := w.count(`SELECT COUNT(*) FROM river_job WHERE queue = $1`, riverdesk.LaneOf("slow0")); n == 0 {
		t.Error("no job went to the queue of a tenant")
	}
}

// TestLaneOfOthers has a job in the queue of a tenant that no process works at. A process
// that starts finds it.
func TestLaneOfOthers(t *testing.T) {
	sent := make(chan string, 1)
	w := open(t, newDSN(t), desk.Options{Clients: byTag(func(_ context.Context, tag string, _ *invite.Message) error {
		sent <- tag
		return nil
	})}, nil)
	noSweeps(w)
	w.book(1, invite.Tag("a"))
	must(w.db.Exec(`UPDATE river_job SET queue = $1 WHERE args->>'tag' = 'a'`, riverdesk.LaneOf("a")))(t)
	w.start()
	select {
	case <-sent:
	case <-time.After(guard):
		t.Error("no mail went out")
	}
}
