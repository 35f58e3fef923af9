package invitetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
)

// reading is a Ledger whose meetings the suite can read.
type reading struct{ *Ledger }

func (r reading) Meeting(_ context.Context, uid string) (*invite.Meeting, error) {
	m := r.Stored(uid)
	if m == nil {
		return nil, errors.New("not stored")
	}
	return m, nil
}

func TestLedgerOfThisPackage(t *testing.T) {
	TestLedger(t, func(*testing.T) invite.Ledger { return reading{NewLedger()} })
	TestLedger(t, func(*testing.T) invite.Ledger { return NewLedger().Call() })
}

// shelfLedger is a map of meetings. It keeps all rules, except the rules that its
// fault breaks.
type shelfLedger struct {
	mu    sync.Mutex
	all   map[string]*invite.Meeting
	fault string
}

func newShelf(fault string) *shelfLedger {
	return &shelfLedger{all: make(map[string]*invite.Meeting), fault: fault}
}

func (l *shelfLedger) Meeting(_ context.Context, uid string) (*invite.Meeting, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.copy(l.all[uid]), nil
}

// copy returns a copy by JSON.
func (l *shelfLedger) copy(m *invite.Meeting) *invite.Meeting {
	if l.fault == "keeps the meeting" {
		return m
	}
	data, err := json.Marshal(m)
	out := new(invite.Meeting)
	if err == nil {
		err = json.Unmarshal(data, out)
	}
	if err != nil {
		panic(err)
	}
	return out
}

func (l *shelfLedger) Begin(_ context.Context, ms ...*invite.Meeting) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	var next []*invite.Meeting
	if l.fault == "stores the first meeting alone" {
		ms = ms[:1]
	}
	for _, m := range ms {
		out := l.copy(m)
		if was := l.all[m.Event.UID]; was != nil && l.fault != "believes the meeting" {
			for i := range out.Deliveries {
				d := &out.Deliveries[i]
				at := slices.IndexFunc(was.Deliveries, func(o invite.Delivery) bool { return o.N == d.N })
				if at < 0 {
					continue
				}
				if d.State == invite.DeliveryOvertaken && was.Deliveries[at].State != d.State {
					if was.Deliveries[at].State != invite.DeliveryPending && l.fault != "overtakes what is sent" {
						return errors.New("conflict")
					}
					if l.fault != "overtakes nothing" {
						continue
					}
				}
				*d = was.Deliveries[at]
			}
		}
		if l.fault == "stores by halves" {
			l.all[m.Event.UID] = out
		}
		next = append(next, out)
	}
	for _, m := range next {
		l.all[m.Event.UID] = m
	}
	return nil
}

func (l *shelfLedger) Record(_ context.Context, uid string, changed []invite.Delivery) (lost []int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.all[uid]
	if m == nil {
		if l.fault == "takes strangers" {
			return nil, nil
		}
		return nil, errors.New("no such meeting")
	}
	if l.fault == "knows one meeting" {
		for _, m = range l.all {
			break
		}
	}
	state := make(map[int]invite.DeliveryState)
	for _, d := range m.Deliveries {
		state[d.N] = d.State
	}
	if l.fault == "looks and goes away" {
		l.mu.Unlock()
		time.Sleep(time.Millisecond)
		l.mu.Lock()
		m = l.all[uid]
	}
	held, lost := l.judge(state, changed)
	if l.fault == "loses the results" && len(lost) > 0 {
		return lost, nil
	}
	next := *m
	next.Deliveries = slices.Clone(m.Deliveries)
	next.Merge(held)
	l.all[uid] = &next
	return l.reported(lost, changed), nil
}

// judge returns the changes that hold, and the numbers of the claims that do not.
func (l *shelfLedger) judge(state map[int]invite.DeliveryState, changed []invite.Delivery) (held []invite.Delivery, lost []int) {
	taken := l.taken(state, changed)
	for i, d := range changed {
		if d.State == invite.DeliverySending && (taken[l.mail(d)] || len(taken) > 0 && l.fault == "claims all or nothing") {
			if l.fault == "stores refused claims" {
				held = append(held, d)
			}
			lost = append(lost, d.N)
			continue
		}
		was := state[d.N]
		back := was == invite.DeliveryUnknown || was == invite.DeliverySending || was == invite.DeliveryPending
		if d.State == invite.DeliveryPending && (!back && l.fault != "takes back everything" || l.fault == "takes back nothing") {
			continue
		}
		if l.fault == "keeps what is unknown" && was == invite.DeliveryUnknown && d.State != invite.DeliveryPending {
			continue
		}
		if l.fault == "forgets replies" {
			d.Reply = ""
		}
		held = append(held, d)
		if l.fault == "changes the list" {
			changed[i].Time = time.Time{}
		}
	}
	return held, lost
}

// taken returns the mails that cannot be claimed.
func (l *shelfLedger) taken(state map[int]invite.DeliveryState, changed []invite.Delivery) map[string]bool {
	out := make(map[string]bool)
	for _, d := range changed {
		free := state[d.N] == invite.DeliveryPending || l.fault == "claims what is unknown" && state[d.N] == invite.DeliveryUnknown
		if d.State == invite.DeliverySending && !free && l.fault != "gives every claim" {
			out[l.mail(d)] = true
		}
	}
	return out
}

// mail returns the name under which a delivery is claimed.
func (l *shelfLedger) mail(d invite.Delivery) string {
	if l.fault == "claims parts of a mail" {
		return fmt.Sprint(d.N)
	}
	return d.MessageID
}

// reported returns the numbers that the caller is told.
func (l *shelfLedger) reported(lost []int, changed []invite.Delivery) []int {
	switch {
	case l.fault == "hides what is lost":
		return nil
	case l.fault == "calls everything lost" && len(lost) > 0:
		lost = nil
		for _, d := range changed {
			lost = append(lost, d.N)
		}
	}
	return lost
}

// brokenBy returns the names of the rules that a ledger breaks.
func brokenBy(t *testing.T, newLedger func() invite.Ledger) []string {
	t.Helper()
	names := []string{}
	for _, r := range ledgerRules {
		err := r.check(t.Context(), newLedger())
		if err != nil && !errors.Is(err, errNoReader) {
			t.Logf("%s: %v", r.name, err)
			names = append(names, r.name)
		}
	}
	return names
}

// TestWrongLedgers checks that the suite finds each way to break a rule.
func TestWrongLedgers(t *testing.T) {
	for _, tt := range []struct {
		fault string
		want  string // the rule whose text explains the fault
	}{
		{"", ""},
		{"stores the first meeting alone", "Begin"},
		{"forgets replies", "Stored"},
		{"stores refused claims", "Stored"},
		{"takes strangers", "Stranger"},
		{"keeps the meeting", "Values"},
		{"changes the list", "Values"},
		{"gives every claim", "Claim"},
		{"claims what is unknown", "Claim"},
		{"hides what is lost", "Claim"},
		{"looks and goes away", "Claimants"},
		{"claims parts of a mail", "Whole"},
		{"claims all or nothing", "Lost"},
		{"loses the results", "Lost"},
		{"calls everything lost", "Lost"},
		{"takes back everything", "TakenBack"},
		{"takes back nothing", "TakenBack"},
		{"keeps what is unknown", "Late"},
		{"overtakes what is sent", "Overtaken"},
		{"overtakes nothing", "Overtaken"},
		{"stores by halves", "Together"},
		{"believes the meeting", "Kept"},
		{"knows one meeting", "Apart"},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			got := brokenBy(t, func() invite.Ledger { return newShelf(tt.fault) })
			if tt.want == "" && len(got) > 0 || tt.want != "" && !slices.Contains(got, tt.want) {
				t.Errorf("broken rules: %q, want %q", got, tt.want)
			}
		})
	}
}

// TestWholeMeetingAsLedger checks that WholeMeeting keeps the rules that concern one
// call.
func TestWholeMeetingAsLedger(t *testing.T) {
	got := brokenBy(t, func() invite.Ledger {
		var mu sync.Mutex
		all := make(map[string][]byte)
		return invite.WholeMeeting(func(_ context.Context, m *invite.Meeting) error {
			data, err := json.Marshal(m)
			mu.Lock()
			defer mu.Unlock()
			all[m.Event.UID] = data
			return err
		})
	})
	if diff := cmp.Diff(notWhole, got); diff != "" {
		t.Errorf("rules that WholeMeeting breaks (-want +got):\n%s", diff)
	}
}

// notWhole are the rules that WholeMeeting does not keep, as the comment of
// TestLedger says.
var notWhole = []string{"TakenBack", "Late", "Overtaken", "Together", "Kept", "Resume"}
