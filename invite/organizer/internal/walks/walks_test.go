package walks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// away is a calendar whose server cannot be reached.
type away struct{ organizer.Calendar }

var errAway = errors.New("server is away")

func (away) Get(context.Context, organizer.Object) (organizer.Object, error) {
	return organizer.Object{}, errAway
}
func (away) Put(context.Context, organizer.Object) (organizer.Object, error) {
	return organizer.Object{}, errAway
}

// ended is a test that panics in the place of ending.
type ended struct{ testing.TB }

func (ended) Helper()                      {}
func (ended) Fatal(args ...any)            { panic(fmt.Sprint(args...)) }
func (ended) Fatalf(f string, args ...any) { panic(fmt.Sprintf(f, args...)) }

// TestEnds checks that a walk ends at the first step that goes wrong, and says why.
func TestEnds(t *testing.T) {
	for want, step := range map[string]func(w *walk){
		"server is away":                   func(w *walk) { w.sync() },
		"no meeting":                       func(w *walk) { w.must(errors.New("no meeting")) },
		"the answer of nobody@example.com": func(w *walk) { w.answer("nobody@example.com", ical.StatusAccepted, time.Time{}) },
	} {
		w := &walk{t: t, Place: &Place{Calendar: away{}, Organizer: ical.Person{Email: "olga@example.com"}}}
		w.send(w.meeting(false))
		w.t = ended{t}
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("the walk ends with %q, want %q", got, want)
				}
			}()
			step(w)
		}()
	}
}
