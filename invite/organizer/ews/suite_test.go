package ews_test

import (
	"net/http"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/ews"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// TestCalendar runs the conformance suite against the fake server, in its versions and
// with each way to log in.
func TestCalendar(t *testing.T) {
	for _, tt := range []struct {
		name    string
		version ews.Version
		auth    string
	}{
		{"2007", ews.VersionExchange2007SP1, "ntlm"},
		{"2010", ews.VersionExchange2010SP2, "basic"},
		{"2016", ews.VersionExchange2016, "negotiate"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.version, f.auth = tt.version, tt.auth
			organizertest.TestCalendar(t, f.place(func(o *ews.Options) { o.Version = tt.version }))
			if n := f.sent(); n != 0 {
				t.Errorf("the server has sent %d mails", n)
			}
		})
	}
}

// place returns the fake server as a place.
func (f *fake) place(change func(o *ews.Options)) organizertest.Place {
	open := func(t *testing.T, more func(o *ews.Options)) organizer.Calendar {
		return f.open(t, func(o *ews.Options) { change(o); more(o) })
	}
	return organizertest.Place{
		Open:      func(t *testing.T) organizer.Calendar { return open(t, func(*ews.Options) {}) },
		Organizer: ical.Person{Name: "Olga", Email: owner},
		Mails:     f.sent,
		LoseReply: func() { f.with(func() { f.lose++ }) },
		Edit: func(t *testing.T, uid string, change func(e *ical.Event)) {
			f.edit(t, uid, func(i *mailItem) { change(&i.event) })
		},
		Missing: func(t *testing.T) organizer.Calendar {
			return open(t, func(o *ews.Options) { o.Calendar = "Nobody's" })
		},
		Denied: func(t *testing.T) organizer.Calendar {
			return open(t, func(o *ews.Options) { o.Mailbox = boss })
		},
		Away: func() func() {
			f.with(func() {
				f.fail = func(string, int) *failure { return &failure{status: http.StatusServiceUnavailable} }
			})
			return func() { f.with(func() { f.fail = nil }) }
		},
		Lacks: []string{organizertest.LackAnswers, organizertest.LackData},
	}
}

// with calls do while no request is answered.
func (f *fake) with(do func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	do()
}

// edit changes the item with a UID as Outlook does.
func (f *fake) edit(t *testing.T, uid string, change func(i *mailItem)) {
	t.Helper()
	f.with(func() {
		for _, i := range f.items {
			if i.event.UID == uid {
				change(i)
				f.touch(i)
				return
			}
		}
		t.Errorf("no item has the UID %s", uid)
	})
}
