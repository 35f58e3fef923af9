package invite_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

// TestDeliveryState sends one mail to each of two attendees; the first fails.
func TestDeliveryState(t *testing.T) {
	tests := []struct {
		name string
		in   error
		want invite.DeliveryState
	}{
		{"nil", nil, invite.DeliveryDelivered},
		{"plain", errPlain, invite.DeliveryPending},
		{"temporary", fault{}, invite.DeliveryPending},
		{"refused", refusal, invite.DeliveryRefused},
		{"uncertain", doubt, invite.DeliveryUnknown},
		{"both", fault{true, true}, invite.DeliveryUnknown},
		{"wrapped", fmt.Errorf("sending: %w", refusal), invite.DeliveryRefused},
		{"about the recipient", about{"bob@example.test", refusal}, invite.DeliveryRefused},
		{"about the recipient in other case", about{"BOB@example.TEST", doubt}, invite.DeliveryUnknown},
		{"wrapped about the recipient", fmt.Errorf("sending: %w", about{"bob@example.test", refusal}), invite.DeliveryRefused},
		{"about somebody else", about{"carol@example.test", refusal}, invite.DeliveryRefused},
		{"about nobody", about{"", refusal}, invite.DeliveryRefused},
		{"joined attempts", errors.Join(refusal, doubt), invite.DeliveryUnknown},
		{"joined attempts, the last refused", errors.Join(errPlain, fault{}, refusal), invite.DeliveryRefused},
		{"joined with a sentinel", fmt.Errorf("%w: %w", errPlain, about{"bob@example.test", doubt}), invite.DeliveryUnknown},
		{"the outer error decides", outer{refusal}, invite.DeliveryPending},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{fail: func(n int, _ *invite.Message) error {
				if n == 1 {
					return tt.in
				}
				return nil
			}}
			m, err := invite.New(r, fixed()).Send(context.Background(), review())
			if m == nil || len(r.mails) != 2 {
				t.Fatalf("Send = %v, %v with %d mails, want all of them tried", m, err, len(r.mails))
			}
			want := []invite.Delivery{
				{To: "bob@example.test", Method: "REQUEST", MessageID: r.mails[0].ID, State: tt.want, Time: pinned()},
				{N: 1, To: "zoe@example.test", Method: "REQUEST", MessageID: r.mails[1].ID, State: invite.DeliveryDelivered, Time: pinned()},
			}
			for i := range want {
				want[i].Action, want[i].Stamp = body.ActionInvitation, pinned()
			}
			if tt.in != nil {
				var de *invite.DeliveryError
				if !errors.As(err, &de) || len(de.Recipients) != 1 {
					t.Fatalf("Send = %v, want a DeliveryError of one", err)
				}
				want[0].Reply = de.Recipients[0].Err.Error()
			}
			if diff := cmp.Diff(want, m.Deliveries); diff != "" {
				t.Errorf("Deliveries (-want +got):\n%s", diff)
			}
			if (err == nil) != (tt.in == nil) {
				t.Errorf("Send = %v after the Sender returned %v, want an error only if the Sender failed", err, tt.in)
			}
		})
	}
}

// outer overrides Refused and Uncertain of the error in it with false.
type outer struct{ error }

func (outer) Refused() bool   { return false }
func (outer) Uncertain() bool { return false }
func (o outer) Unwrap() error { return o.error }

// TestDeliveryShared sends one mail to several recipients. The error is about some of
// them or about all.
func TestDeliveryShared(t *testing.T) {
	event := vary(func(e *ical.Event) {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: "ann@bücher.example"})
	})
	tests := []struct {
		name string
		in   error
		want [3]invite.DeliveryState
	}{
		{"all", errPlain, [3]invite.DeliveryState{invite.DeliveryPending, invite.DeliveryPending, invite.DeliveryPending}},
		{"one", about{"zoe@example.test", refusal}, [3]invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryRefused, invite.DeliveryDelivered}},
		{"the name on the wire", about{"ann@xn--bcher-kva.example", doubt}, [3]invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryDelivered, invite.DeliveryUnknown}},
		{"joined", errors.Join(about{"ann@bücher.example", refusal}, fmt.Errorf("x: %w", about{"bob@example.test", fault{}})),
			[3]invite.DeliveryState{invite.DeliveryPending, invite.DeliveryDelivered, invite.DeliveryRefused}},
		{"somebody else", about{"eve@example.test", refusal}, [3]invite.DeliveryState{invite.DeliveryRefused, invite.DeliveryRefused, invite.DeliveryRefused}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{fail: func(int, *invite.Message) error { return tt.in }}
			m, err := invite.New(r, fixed()).Send(context.Background(), event, invite.OneMail())
			var de *invite.DeliveryError
			if !errors.As(err, &de) {
				t.Fatalf("Send = %v, want a DeliveryError", err)
			}
			var got [3]invite.DeliveryState
			var failed []string
			for i, d := range m.Deliveries {
				got[i] = d.State
				if d.State != invite.DeliveryDelivered {
					failed = append(failed, d.To)
				}
			}
			if got != tt.want {
				t.Errorf("states = %v, want %v", got, tt.want)
			}
			var named []string
			for _, re := range de.Recipients {
				named = append(named, re.Email)
			}
			if diff := cmp.Diff(failed, named); diff != "" {
				t.Errorf("DeliveryError names (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDeliveryCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	r := &recorder{fail: func(int, *invite.Message) error { cancel(); return nil }}
	m, err := invite.New(r, fixed()).Send(ctx, review())
	if !errors.Is(err, context.Canceled) || len(r.mails) != 1 {
		t.Fatalf("Send = %v with %d mails, want it to end after the first", err, len(r.mails))
	}
	if got := [2]invite.DeliveryState{m.Deliveries[0].State, m.Deliveries[1].State}; got != [2]invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryPending} {
		t.Errorf("states = %v, want delivered and pending", got)
	}
}

func TestDeliveryError(t *testing.T) {
	r := &recorder{fail: func(n int, _ *invite.Message) error { return []error{refusal, errPlain}[n-1] }}
	_, err := invite.New(r, fixed()).Send(context.Background(), review())
	var de *invite.DeliveryError
	if !errors.As(err, &de) || !errors.Is(err, errPlain) || !errors.Is(err, refusal) {
		t.Fatalf("Send = %v, want a DeliveryError with both causes", err)
	}
	want := []*invite.RecipientError{
		{Email: "bob@example.test", State: invite.DeliveryRefused, Err: refusal},
		{Email: "zoe@example.test", State: invite.DeliveryPending, Err: errPlain},
	}
	if len(de.Recipients) != len(want) {
		t.Fatalf("Recipients = %v, want %v", de.Recipients, want)
	}
	for i, re := range de.Recipients {
		if *re != *want[i] || de.Unwrap()[i] != error(re) {
			t.Errorf("Recipients[%d] = %+v, want %+v", i, *re, *want[i])
		}
	}
	if got, want := err.Error(), "invite: bob@example.test: refused: fault; zoe@example.test: pending: connection lost"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	many := &invite.DeliveryError{Recipients: append(want, want[0], want[0], want[1])}
	if got, want := many.Error(), "invite: bob@example.test: refused: fault; zoe@example.test: pending: connection lost; bob@example.test: refused: fault (and 2 more)"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	one := &invite.DeliveryError{Recipients: de.Recipients[1:]}
	if got, want := one.Error(), "invite: zoe@example.test: pending: connection lost"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
	if got, want := new(invite.DeliveryError).Error(), "invite: not delivered"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}
