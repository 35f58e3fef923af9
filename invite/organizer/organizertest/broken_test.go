package organizertest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// faulty is a calendar that keeps all rules, except the rules that its fault breaks.
type faulty struct {
	*Memory
	fault string

	mu       sync.Mutex
	mails    int
	kept     map[string][]byte           // Data of the callers, by UID
	versions map[string]string           // own tags, by UID
	bin      map[string]organizer.Object // deleted entries, by UID
	reserved map[string]string           // UIDs, by key
	old      map[string][]ical.Event     // overrides that were there once, by UID
	second   map[string]organizer.Object // entries made twice, by UID
}

func newFaulty(fault string) *faulty {
	f := &faulty{
		Memory: new(Memory), fault: fault,
		kept: make(map[string][]byte), versions: make(map[string]string), bin: make(map[string]organizer.Object),
		reserved: make(map[string]string), old: make(map[string][]ical.Event), second: make(map[string]organizer.Object),
	}
	if change := contentFaults[fault]; change != nil {
		f.Rewrite = rewriting(change)
	}
	if f.has("returns what was put") || f.has("does not tell what was written") {
		f.Rewrite = func(data []byte) []byte { return bytes.Replace(data, []byte("PRODID:"), []byte("PRODID:x"), 1) }
	}
	return f
}

// place returns the place of the calendar.
func (f *faulty) place() Place {
	p := memoryPlace(f.Memory)
	p.Open = func(*testing.T) organizer.Calendar { return f }
	p.Count = func(*testing.T) int { return len(f.Entries()) }
	p.Mails = func() int {
		f.mu.Lock()
		defer f.mu.Unlock()
		return f.Memory.Mails() + f.mails
	}
	for _, open := range []*func(*testing.T) organizer.Calendar{&p.Missing, &p.Denied} {
		inner := *open
		*open = func(t *testing.T) organizer.Calendar {
			c := newFaulty(f.fault)
			c.Memory = inner(t).(*Memory)
			return c
		}
	}
	return p
}

// rewriting returns a Rewrite that changes the meeting.
func rewriting(change func(e *ical.Event)) func(data []byte) []byte {
	return func(data []byte) []byte {
		if out, err := edited(data, change); err == nil {
			return out
		}
		return data
	}
}

// contentFaults are changes that a server makes to each meeting.
var contentFaults = map[string]func(e *ical.Event){
	"mistakes zones": func(e *ical.Event) {
		if e.TimeZone == "Pacific/Apia" {
			e.Start, e.End = e.Start.Add(time.Hour), e.End.Add(time.Hour)
		}
	},
	"forgets the place of an entry": func(e *ical.Event) { e.Location = "" },
	"forgets the end": func(e *ical.Event) {
		if e.End.Sub(e.Start) == 95*time.Minute {
			e.End = e.Start.Add(time.Hour)
		}
	},
	"shifts dates": func(e *ical.Event) {
		if e.AllDay {
			e.Start, e.End = e.Start.AddDate(0, 0, -1), e.End.AddDate(0, 0, -1)
		}
	},
	"makes dates times": func(e *ical.Event) { e.AllDay = false },
	"escapes for HTML":  func(e *ical.Event) { e.Summary = strings.ReplaceAll(e.Summary, "&amp;", "&") },
	"joins lines":       func(e *ical.Event) { e.Description = strings.ReplaceAll(e.Description, "\n\n", "\n") },
	"cuts titles":       func(e *ical.Event) { e.Summary = strings.ToValidUTF8(e.Summary[:min(len(e.Summary), 200)], "") },
	"loses the place":   func(e *ical.Event) { e.Location = strings.ReplaceAll(e.Location, `\`, "") },
	"cuts texts": func(e *ical.Event) {
		e.Description = strings.ToValidUTF8(e.Description[:min(len(e.Description), 8000)], "")
	},
	"counts revisions": func(e *ical.Event) { e.Sequence = min(e.Sequence, 3) },
	"loses attendees":  func(e *ical.Event) { e.Attendees = e.Attendees[:min(len(e.Attendees), 40)] },
	"knows no tentative answers": func(e *ical.Event) {
		for i, a := range e.Attendees {
			if a.Status == ical.StatusTentative && e.Recurrence == nil {
				e.Attendees[i].Status = ical.StatusAccepted
			}
		}
	},
	"drops SCHEDULE-AGENT": func(e *ical.Event) {
		for i := range e.Attendees {
			e.Attendees[i].Params = nil
		}
	},
	"drops alarms":     func(e *ical.Event) { e.Reminders = nil },
	"drops categories": func(e *ical.Event) { e.Categories = nil },
	"drops properties": func(e *ical.Event) { e.Extra = nil },
	"keeps series in UTC": func(e *ical.Event) {
		if e.Recurrence != nil {
			e.TimeZone, e.Start, e.End = "UTC", e.Start.UTC(), e.End.UTC()
		}
	},
	"knows no interval": func(e *ical.Event) {
		if e.Recurrence != nil {
			e.Recurrence.Interval = 0
		}
	},
	"brings cancelled occurrences back": func(e *ical.Event) {
		if e.Recurrence != nil {
			e.Recurrence.Except = nil
		}
	},
	"moves times alone": func(e *ical.Event) {
		for i := range e.Overrides {
			e.Overrides[i].Summary = e.Summary
		}
	},
	"moves texts alone": func(e *ical.Event) {
		for i, o := range e.Overrides {
			e.Overrides[i].Start, e.Overrides[i].End = o.RecurrenceID, o.RecurrenceID.Add(e.End.Sub(e.Start))
		}
	},
	"has no answers": func(e *ical.Event) {
		for _, one := range append([]ical.Event{*e}, e.Overrides...) {
			for i := range one.Attendees {
				one.Attendees[i].Status = ""
			}
		}
	},
	"has no attendees": func(e *ical.Event) {
		e.Attendees = nil
		for i := range e.Overrides {
			e.Overrides[i].Attendees = nil
		}
	},
	"knows no series":    func(e *ical.Event) { e.Recurrence, e.Overrides = nil, nil },
	"knows no overrides": func(e *ical.Event) { e.Overrides = nil },
	"counts nothing":     func(e *ical.Event) { e.Sequence = 0 },
	"keeps fields alone": func(e *ical.Event) {
		e.Extra = nil
		for i := range e.Attendees {
			e.Attendees[i].Params = nil
		}
	},
	"has answers of the series alone": func(e *ical.Event) {
		for i := range e.Overrides {
			e.Overrides[i].Attendees = e.Attendees
		}
	},
}

func (f *faulty) has(fault string) bool { return f.fault == fault }

var errOops = errors.New("oops")

// find returns the UID of the entry that a careless search finds.
func (f *faulty) find(uid string) string {
	if !f.has("ignores case") && !f.has("searches for parts") && !f.has("compares 250 octets") {
		return uid
	}
	for _, o := range f.Entries() {
		switch {
		case f.has("ignores case") && strings.EqualFold(o.UID, uid),
			f.has("searches for parts") && strings.Contains(o.UID, uid),
			f.has("compares 250 octets") && len(uid) > 250 && len(o.UID) > 250 && o.UID[:250] == uid[:250]:
			return o.UID
		}
	}
	return uid
}

// context returns the context of a call, and its error.
func (f *faulty) context(ctx context.Context) (context.Context, error) {
	if ctx.Err() != nil && f.has("hides the end of the context") {
		return ctx, errOops
	}
	if f.has("ignores the context") {
		ctx = context.WithoutCancel(ctx)
	}
	return ctx, nil
}

// failed returns the error of the server as the adapter maps it.
func (f *faulty) failed(err error) error {
	switch {
	case f.has("takes a missing calendar for a missing entry") && errors.Is(err, organizer.ErrNoCalendar),
		f.has("takes a lost reply for a missing entry") && errors.Is(err, ErrLost),
		f.has("takes a pause for a missing entry") && errors.Is(err, ErrDown):
		return fmt.Errorf("mapped: %w", organizer.ErrGone)
	case f.has("says gone and no calendar") && errors.Is(err, organizer.ErrNoCalendar):
		return errors.Join(err, organizer.ErrGone)
	case f.has("says changed for gone") && errors.Is(err, organizer.ErrGone):
		return organizer.ErrChanged
	case f.has("knows no denial") && errors.Is(err, organizer.ErrDenied):
		return errOops
	case f.has("hides a pause") && errors.Is(err, ErrDown):
		return nil
	}
	return err
}

func (f *faulty) Get(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	ctx, err := f.context(ctx)
	if err != nil {
		return organizer.Object{}, err
	}
	href := o.Href
	o.UID = f.find(o.UID)
	o, err = f.Memory.Get(ctx, o)
	f.mu.Lock()
	defer f.mu.Unlock()
	if err != nil {
		if gone := f.bin[href]; errors.Is(err, organizer.ErrGone) && href != "" && f.has("finds deleted entries by Href") {
			return gone, nil
		}
		return o, f.failed(err)
	}
	switch {
	case f.has("does not find by Href") && href != "":
		return organizer.Object{}, organizer.ErrGone
	case f.has("reads no Event"):
		o.Event = ical.Event{}
	case f.has("reads another stamp each time"):
		f.Memory.mu.Lock()
		f.tags++
		o.Data = bytes.Replace(o.Data, []byte("PRODID:"), fmt.Appendf(nil, "PRODID:%d", f.tags), 1)
		f.Memory.mu.Unlock()
	case f.has("keeps the memory of the caller") && f.kept[o.UID] != nil:
		o.Data = f.kept[o.UID]
	case f.has("counts its own changes alone"):
		o.Tag = f.versions[o.UID]
	}
	return o, nil
}

func (f *faulty) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	ctx, err := f.context(ctx)
	if err != nil {
		return organizer.Object{}, err
	}
	given := o
	if err := f.before(ctx, &o); err != nil {
		return organizer.Object{}, err
	}
	out, err := f.Memory.Put(ctx, o)
	if err != nil && o.Tag != "" && errors.Is(err, organizer.ErrGone) && f.has("makes what is gone") {
		o.Tag = ""
		out, err = f.Memory.Put(ctx, o)
	}
	if errors.Is(err, ErrLost) && f.has("repeats a change") {
		out, err = f.Memory.Put(ctx, o)
	}
	if errors.Is(err, ErrLost) && f.has("loses the entry with the reply") {
		f.Remove(o.UID)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if errors.Is(err, ErrLost) && f.has("makes a second entry") && o.Tag == "" {
		f.second[o.UID] = o
	}
	if err != nil {
		return out, f.failed(err)
	}
	f.after(&out, given)
	return out, nil
}

// before does what a fault does before a change.
func (f *faulty) before(ctx context.Context, o *organizer.Object) error {
	now, err := f.Memory.Get(ctx, organizer.Object{UID: o.UID})
	exists := err == nil
	switch {
	case f.has("makes the UIDs") && errors.Is(err, organizer.ErrGone) && o.Tag == "" && !f.made(o.UID):
		return errOops
	case f.has("cannot hold long UIDs") && len(o.UID) > 200:
		return errOops
	case f.has("makes what exists") && o.Tag == "" && exists,
		f.has("ignores the tag") && o.Tag != "" && exists,
		f.has("counts its own changes alone") && exists && o.Tag == f.version(o.UID):
		o.Tag = now.Tag
	case f.has("compares before the change") && o.Tag != "" && exists && o.Tag == now.Tag,
		f.has("looks before it makes") && o.Tag == "" && !exists:
		time.Sleep(20 * time.Millisecond)
		now, _ = f.Memory.Get(ctx, organizer.Object{UID: o.UID})
		o.Tag = now.Tag
	case f.has("stores what loses a race") && o.Tag != "" && exists && o.Tag != now.Tag && strings.Contains(string(o.Data), " after "):
		o.Tag = now.Tag
		f.Memory.Put(ctx, *o)
		return organizer.ErrChanged
	case f.has("makes nothing anew") && o.Tag == "" && f.binned(o.UID):
		return organizer.ErrChanged
	case f.has("takes METHOD"):
		o.Data = bytes.Replace(o.Data, []byte("METHOD:REQUEST\r\n"), nil, 1)
	case f.has("takes another UID"):
		o.Data = rewriting(func(e *ical.Event) { e.UID = o.UID })(o.Data)
	case f.has("takes broken data") && !bytes.Contains(o.Data, []byte("END:VCALENDAR")):
		stub, _ := object(ical.Event{UID: o.UID, Start: time.Now(), Organizer: ical.Person{Email: "organizer@example.com"}})
		o.Data = stub.Data
	case f.has("touches the others") && errors.Is(err, organizer.ErrGone):
		for _, other := range f.Entries() {
			f.Edit(other.UID, func(e *ical.Event) {})
		}
	case f.has("writes into the argument") && len(o.Data) > 0:
		o.Data[0] = 'b'
	case f.has("keeps the first attendees") && exists && len(o.Data) > 0:
		o.Data = rewriting(func(e *ical.Event) { e.Attendees = now.Event.Attendees })(o.Data)
	case f.has("keeps changed occurrences"):
		o.Data = rewriting(f.addOld)(o.Data)
	}
	return nil
}

// made reports whether a UID was reserved.
func (f *faulty) made(uid string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.reserved {
		if r == uid {
			return true
		}
	}
	return false
}

// addOld adds the overrides that the meeting had once.
func (f *faulty) addOld(e *ical.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, o := range f.old[e.UID] {
		if !slices.ContainsFunc(e.Overrides, func(n ical.Event) bool { return n.RecurrenceID.Equal(o.RecurrenceID) }) {
			e.Overrides = append(e.Overrides, o)
		}
	}
	f.old[e.UID] = e.Clone().Overrides
}

// after does what a fault does after a change.
func (f *faulty) after(out *organizer.Object, given organizer.Object) {
	switch {
	case f.has("returns what was put"):
		out.Data, out.Written = bytes.Clone(given.Data), nil
	case f.has("returns no Tag"):
		out.Tag = ""
	case f.has("returns no Data"):
		out.Data = nil
	case f.has("returns another UID"):
		out.UID += "x"
	case f.has("returns no Event"):
		out.Event = ical.Event{}
	case f.has("tells what was written always"):
		out.Written = given.Data
	case f.has("does not tell what was written"):
		out.Written = nil
	case f.has("keeps the memory of the caller"):
		f.kept[out.UID] = given.Data
	case f.has("counts its own changes alone"):
		f.versions[out.UID] = out.Tag
	case f.has("returns the old tag"):
		if given.Tag != "" {
			out.Tag = given.Tag
		}
	case f.has("mails at each change"):
		f.mails++
	}
}

// version returns the tag that the calendar takes for the tag of an entry.
func (f *faulty) version(uid string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.versions[uid]
}

// binned reports whether an entry was deleted.
func (f *faulty) binned(uid string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.bin[uid]
	return ok
}

func (f *faulty) Delete(ctx context.Context, o organizer.Object) error {
	ctx, err := f.context(ctx)
	if err != nil {
		return err
	}
	now, err := f.Memory.Get(ctx, organizer.Object{UID: o.UID})
	exists := err == nil
	switch {
	case f.has("deletes nothing") && exists:
		f.LoseReplies(0) // there is a reply
		return nil
	case f.has("deletes any version"):
		o.Tag = ""
	case f.has("deletes with a tag alone") && o.Tag == "" && exists:
		return organizer.ErrChanged
	case f.has("deletes with Href alone") && o.Href == "" && exists:
		return organizer.ErrGone
	case f.has("deletes everything") && exists:
		for _, other := range f.Entries() {
			if other.UID != o.UID {
				f.Remove(other.UID)
			}
		}
	case f.has("deletes what never was") && errors.Is(err, organizer.ErrGone) && !f.binned(o.UID):
		return nil
	case f.has("counts its own changes alone") && exists && o.Tag == f.version(o.UID):
		o.Tag = now.Tag
	}
	err = f.Memory.Delete(ctx, o)
	if errors.Is(err, ErrLost) && f.has("repeats a deletion") {
		err = f.Memory.Delete(ctx, o)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if exists {
		f.bin[o.UID], f.bin[now.Href] = now, now
	}
	if again, ok := f.second[o.UID]; ok && !errors.Is(err, organizer.ErrGone) {
		delete(f.second, o.UID)
		f.Memory.Put(ctx, again)
	}
	if f.has("mails at a deletion") {
		f.mails++
	}
	if f.has("deletes what is gone") && errors.Is(err, organizer.ErrGone) && f.bin[o.UID].UID != "" {
		return nil
	}
	return f.failed(err)
}

// Reserve implements [organizer.Reserver].
func (f *faulty) Reserve(ctx context.Context, key string, e ical.Event) (string, error) {
	f.mu.Lock()
	uid, ok := f.reserved[key]
	switch {
	case f.has("reserves nothing"):
		f.mu.Unlock()
		f.LoseReplies(0) // there is a reply
		return "", nil
	case f.has("reserves one entry for all keys") && len(f.reserved) > 0:
		for _, uid = range f.reserved {
			ok = true
		}
	case f.has("reserves a new entry each time"):
		ok = false
	}
	if !ok {
		uid = "reserved-" + newUID()
		f.reserved[key] = uid
	}
	f.mu.Unlock()
	if ok || f.has("reserves without an entry") {
		f.LoseReplies(0) // there is a reply
		return uid, nil
	}
	e.UID = uid
	if !f.has("reserves with attendees") {
		e.Attendees = nil
	}
	o, err := object(e)
	if err == nil {
		_, err = f.Memory.Put(ctx, o)
	}
	if errors.Is(err, ErrLost) && f.has("reserves again after a lost reply") {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.reserved, key)
	}
	return uid, f.failed(err)
}
