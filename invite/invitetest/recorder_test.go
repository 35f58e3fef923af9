package invitetest_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// states sends a review through r, and returns the state of each mail.
func states(t *testing.T, r *invitetest.Recorder, opts ...invite.SendOption) []invite.DeliveryState {
	t.Helper()
	m, err := invite.New(r, invitetest.Options(nil)).Send(context.Background(), review(), opts...)
	if m == nil {
		t.Fatal(err)
	}
	var out []invite.DeliveryState
	for _, d := range m.Deliveries {
		out = append(out, d.State)
	}
	return out
}

func TestFail(t *testing.T) {
	for _, tt := range []struct {
		failure invitetest.Failure
		want    invite.DeliveryState
		arrived int // of the two mails
	}{
		{invitetest.FailureNone, invite.DeliveryDelivered, 2},
		{invitetest.FailureRefused, invite.DeliveryRefused, 1},
		{invitetest.FailureUnknown, invite.DeliveryUnknown, 2},
		{invitetest.FailureTemporary, invite.DeliveryPending, 1},
	} {
		for name, opts := range map[string][]invite.SendOption{"each": nil, "shared": {invite.OneMail()}} {
			r := new(invitetest.Recorder)
			r.Fail("Ann@example.com", tt.failure)
			got := states(t, r, opts...)
			if diff := cmp.Diff([]invite.DeliveryState{tt.want, invite.DeliveryDelivered}, got); diff != "" {
				t.Errorf("%q, %s (-want +got):\n%s", tt.failure, name, diff)
			}
			if n := len(r.MessagesTo("ann@example.com")) + len(r.MessagesTo("zoe@example.com")); n != tt.arrived {
				t.Errorf("%q, %s: arrived at %d addresses, want %d", tt.failure, name, n, tt.arrived)
			}
		}
	}
}

func TestFailAll(t *testing.T) {
	r := new(invitetest.Recorder)
	r.Fail("", invitetest.FailureTemporary)
	r.Fail("zoe@example.com", invitetest.FailureNone)
	want := []invite.DeliveryState{invite.DeliveryPending, invite.DeliveryDelivered}
	if diff := cmp.Diff(want, states(t, r)); diff != "" {
		t.Errorf("states (-want +got):\n%s", diff)
	}
}

func TestWait(t *testing.T) {
	r := new(invitetest.Recorder)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	go func() {
		for range 3 {
			_ = r.Send(ctx, &mime.Message{From: "desk@example.com", To: []string{"ann@example.com"}, Data: []byte("Subject: x\r\n\r\ny\r\n")})
		}
	}()
	if got, err := r.Wait(ctx, 3); err != nil || len(got) != 3 {
		t.Errorf("Wait(3) = %d mails, %v, want 3, nil", len(got), err)
	}
	cancel()
	if got, err := r.Wait(ctx, 4); len(got) != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("Wait(4) = %d mails, %v, want 3 and the context's error", len(got), err)
	}
	if r.Reset(); len(r.Messages()) != 0 {
		t.Error("mails after Reset")
	}
}

func TestClock(t *testing.T) {
	var c invitetest.Clock
	start := c.Now()
	c.Advance(time.Hour)
	if d := c.Now().Sub(start); d != time.Hour {
		t.Errorf("after Advance(1h) it shows %v more", d)
	}
	o, other := invitetest.Options(&c), invitetest.Options(nil)
	if a, b := o.NewID(), other.NewID(); a != b || a == o.NewID() {
		t.Errorf("identifiers of two Options are %s and %s, want the same, and each once", a, b)
	}
	if !other.Now().Equal(start) {
		t.Errorf("Options(nil).Now() = %v, want %v", other.Now(), start)
	}
}

func TestCalendar(t *testing.T) {
	r, _ := send(t, review())
	if got := invitetest.Calendar(r.Messages()[0]); !bytes.HasPrefix(got, []byte("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n")) {
		t.Errorf("Calendar = %.60q, want the object", got)
	}
	if got := invitetest.Calendar(&mime.Message{Data: []byte("Subject: x\r\n\r\ny\r\n")}); got != nil {
		t.Errorf("Calendar of a plain mail = %q, want nil", got)
	}
}
