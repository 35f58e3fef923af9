package invite_test

import (
	"context"
	"math"
	"sync"
	"testing"

	"github.com/convene-go/convene/invite"
)

func TestDefaultClient(t *testing.T) {
	t.Cleanup(func() { invite.SetDefault(nil) })
	invite.SetDefault(nil)
	if _, err := invite.Send(context.Background(), review()); err != invite.ErrNoSender || invite.Default() != nil {
		t.Errorf("Send without a default client = %v, want ErrNoSender", err)
	}
	r := new(recorder)
	c := invite.New(r, fixed())
	invite.SetDefault(c)
	if m, err := invite.Send(context.Background(), review(), invite.HideGuests()); err != nil || len(m.Deliveries) != 2 || invite.Default() != c {
		t.Errorf("Send through the default client = %v, %v, want two deliveries", m, err)
	}
	if m, err := invite.New(nil, nil).Send(context.Background(), review()); m != nil || err != invite.ErrNoSender {
		t.Errorf("Send through New(nil, nil) = %v, %v, want ErrNoSender", m, err)
	}
}

func TestSendConcurrently(t *testing.T) {
	r := new(recorder)
	c := invite.New(r, fixed())
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			opts := []invite.SendOption{invite.AllowLint("uid-exchange")}
			if i%2 == 1 {
				opts = append(opts, invite.HideGuests())
			}
			for range 5 {
				if _, err := c.Send(context.Background(), full(), opts...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	seen := make(map[string]int)
	for _, m := range r.mails {
		seen[withoutID(m)]++ // the only difference
	}
	if len(seen) != 4 || len(r.mails) != 80 {
		t.Errorf("%d different mails of %d, want 4 of 80", len(seen), len(r.mails))
	}
}

// TestHidesAndSharesByHand sends a reminder about a Meeting that was made by hand with
// both HideGuests and OneMail. HideGuests decides.
func TestHidesAndSharesByHand(t *testing.T) {
	s := new(recorder)
	m := &invite.Meeting{Event: trio(), HideGuests: true, OneMail: true}
	if _, err := s.client().Remind(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	check(t, "mails", []string{"ann@example.test", "bob@example.test", "cy@example.test"}, s.take())
}

// TestParallelWithoutBound sends with the largest Parallel. It allocates only for the
// mails of the call.
func TestParallelWithoutBound(t *testing.T) {
	s := new(recorder)
	m := mustSend(t, invite.New(s, fixed(func(o *invite.Options) { o.Parallel = math.MaxInt })), trio())
	for _, d := range m.Deliveries {
		if d.State != invite.DeliveryDelivered {
			t.Errorf("the mail to %s is %s, want delivered", d.To, d.State)
		}
	}
}
