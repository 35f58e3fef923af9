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

// reading is a Ledger that the suite can look into.
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

// shelfLedger is a map of meetings that keeps all rules, except those of its fault.
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
	taken := make(map[string]bool)
	for _, d := range changed {
		key := d.MessageID
		if l.fault == "claims parts of a mail" {
			key = fmt.Sprint(d.N)
		}
		free := state[d.N] == invite.DeliveryPending || l.fault == "claims what is unknown" && state[d.N] == invite.DeliveryUnknown
		if d.State == invite.DeliverySending && !free && l.fault != "gives every claim" {
			taken[key] = true
		}
	}
	var held []invite.Delivery
	for i, d := range changed {
		key := d.MessageID
		if l.fault == "claims parts of a mail" {
			key = fmt.Sprint(d.N)
		}
		if d.State == invite.DeliverySending && (taken[key] || len(taken) > 0 && l.fault == "claims all or nothing") {
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
	switch {
	case l.fault == "hides what is lost":
		lost = nil
	case l.fault == "loses the results" && len(lost) > 0:
		return lost, nil
	case l.fault == "calls everything lost" && len(lost) > 0:
		lost = nil
		for _, d := range changed {
			lost = append(lost, d.N)
		}
	}
	next := *m
	next.Deliveries = slices.Clone(m.Deliveries)
	next.Merge(held)
	l.all[uid] = &next
	return lost, nil
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

// TestWrongLedgers has each way to break a rule be found.
func TestWrongLedgers(t *testing.T) {
	for _, tt := range []struct {
		fault string
		want  string // the rule whose text fits
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

// TestWholeMeetingAsLedger has WholeMeeting keep what it promises: the rules of one
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

// notWhole are the rules of which the comment of TestLedger says that WholeMeeting
// does not keep them.
var notWhole = []string{"TakenBack", "Late", "Overtaken", "Together", "Kept", "Resume"}
