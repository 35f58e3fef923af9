package inboxtest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite/inbox"
)

// TestGood checks that a source that keeps all rules passes the suite, without a rule that
// is skipped.
func TestGood(t *testing.T) {
	TestSource(t, func(t *testing.T) *Place {
		t.Cleanup(func() {
			if t.Skipped() {
				t.Error("the rule was skipped")
			}
		})
		return newShelf("")
	})
}

// bare is a source without a method Close.
type bare struct{ inbox.Source }

// TestBare checks that a place with the required fields alone passes the suite.
func TestBare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, r := range rules {
			full := newShelf("knows nothing")
			p := &Place{
				Open: func(p Pauses) inbox.Source { return bare{full.Open(p)} },
				Deliver: func(m *inbox.Mail) {
					m.Recipient, m.Verified = "", nil
					full.Deliver(m)
				},
			}
			err := r.check(t.Context(), p)
			needs := slices.Contains([]string{"Stopped", "SetAside", "Large", "Away", "Shared", "Claims", "Close"}, r.name)
			if needs != errors.Is(err, errNotApplicable) || err != nil && !needs {
				t.Errorf("%s: %v", r.name, err)
			}
		}
	})
}

// broken returns the names of the rules that the sources of a place break.
func broken(ctx context.Context, newPlace func() *Place) []string {
	var names []string
	for _, r := range rules {
		err := r.check(ctx, newPlace())
		if err != nil && !errors.Is(err, errNotApplicable) && !errors.Is(err, errUnclear) {
			names = append(names, r.name)
		}
	}
	return names
}

// brokenSources has the faults of a source, with the rules that each breaks.
var brokenSources = []struct {
	fault string
	want  []string
}{
	{"gives mails in hand again", []string{"InHand"}},
	{"gives the newest first", []string{"Order"}},
	{"sorts names as text", []string{"Order"}},
	{"changes line ends", []string{"Bytes"}},
	{"eats dots", []string{"Bytes"}},
	{"reads text", []string{"Bytes"}},
	{"keeps Data", []string{"Forgets"}},
	{"numbers the mails itself", []string{"ID"}},
	{"takes the Message-ID", []string{"ID"}},
	{"takes the recipient from the header", []string{"Envelope"}},
	{"forgets the recipient", []string{"Envelope"}},
	{"believes the header", []string{"Envelope"}},
	{"knows no checks from none found", []string{"Envelope"}},
	{"looks once for new mails", []string{"Waits"}},
	{"ignores the end", []string{"Ends"}},
	{"hides the end", []string{"Ends"}},
	{"marks in memory", []string{"Taken", "SetAside", "Large", "LateDone", "DoneTwice", "Away", "Claims", "Close"}},
	{"marks in Next", []string{"Unfinished", "Close"}},
	{"marks in Close", []string{"Close"}},
	{"closes once", []string{"Close"}},
	{"drops a mail that failed", []string{"Again"}},
	{"gives up too early", []string{"Again"}},
	{"repeats at once", []string{"HeldUp"}},
	{"counts a stop", []string{"Stopped"}},
	{"never gives up", []string{"SetAside"}},
	{"removes a mail after the last try", []string{"SetAside"}},
	{"sets aside in memory", []string{"SetAside"}},
	{"gives large mails", []string{"Large"}},
	{"fails at a large mail", []string{"Large"}},
	{"removes large mails", []string{"Large"}},
	{"needs the context of Next", []string{"LateDone"}},
	{"counts each Done", []string{"DoneTwice"}},
	{"fails while the place is away", []string{"Away"}},
	{"fails in Done while the place is away", []string{"Away"}},
	{"forgets results while the place is away", []string{"Away"}},
	{"notes no results later", []string{"Away"}},
	{"reserves all mails", []string{"Shared"}},
	{"claims nothing", []string{"Claims"}},
}

// TestBroken checks that the suite finds each way to break a rule.
func TestBroken(t *testing.T) {
	tested := make(map[string]bool)
	for _, tt := range brokenSources {
		for _, name := range tt.want {
			tested[name] = true
		}
		synctest.Test(t, func(t *testing.T) {
			got := broken(t.Context(), func() *Place { return newShelf(tt.fault) })
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%s: broken rules: -want +got\n%s", tt.fault, diff)
			}
		})
	}
	for _, r := range rules {
		if !tested[r.name] {
			t.Errorf("no source breaks the rule %s", r.name)
		}
	}
}

// stuck is a source whose Next hangs.
type stuck struct{ inbox.Source }

func (stuck) Next(ctx context.Context) (*inbox.Mail, error) {
	<-ctx.Done()
	time.Sleep(2 * hangs)
	return nil, ctx.Err()
}

// nothing is a source whose Next returns neither a mail nor an error.
type nothing struct{ inbox.Source }

func (nothing) Next(context.Context) (*inbox.Mail, error) { return nil, nil }

// failing is a source that cannot work.
type failing struct{ inbox.Source }

func (failing) Next(context.Context) (*inbox.Mail, error) { return nil, errors.New("oops") }

// shut is a source with a method Close.
type shut struct{ inbox.Source }

func (shut) Close() error { return nil }

// TestUseless checks that the suite ends with errors if a source does nothing of use.
func TestUseless(t *testing.T) {
	tests := map[string]func(inbox.Source) inbox.Source{
		"hangs":        func(s inbox.Source) inbox.Source { return stuck{s} },
		"does nothing": func(s inbox.Source) inbox.Source { return nothing{s} },
		"fails":        func(s inbox.Source) inbox.Source { return failing{s} },
	}
	for name, wrap := range tests {
		synctest.Test(t, func(t *testing.T) {
			for _, r := range rules {
				p := newShelf("")
				open := p.Open
				p.Open = func(pauses Pauses) inbox.Source { return shut{wrap(open(pauses))} }
				if err := r.check(t.Context(), p); err == nil {
					t.Errorf("%s: the rule %s is kept", name, r.name)
				}
			}
			time.Sleep(3 * hangs) // until the last Next has returned
		})
	}
}

// TestWords checks that each rule has a text and an advice that are sentences.
func TestWords(t *testing.T) {
	names := make(map[string]bool)
	for _, r := range rules {
		if names[r.name] || !strings.HasSuffix(r.text, ".") || !strings.HasSuffix(r.advice, ".") {
			t.Errorf("%+v", r)
		}
		names[r.name] = true
	}
}
