package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// synced is the line that sync prints about the entry.
type synced struct {
	UID   string `json:"uid"`
	Href  string `json:"href,omitempty"`
	Entry string `json:"entry"` // made, changed, unchanged, deleted or gone
}

// changed is the line that sync and drift print for one change of the organizer.
type changed struct {
	UID          string          `json:"uid"`
	Field        organizer.Field `json:"field"`
	RecurrenceID time.Time       `json:"recurrenceId,omitzero"`
	Attendee     string          `json:"attendee,omitempty"`
	Before       string          `json:"before,omitempty"`
	After        string          `json:"after,omitempty"`
	Overwritten  bool            `json:"overwritten,omitempty"` // the entry has the meeting's value now
}

// syncCalendar makes the entry in the organizer's calendar equal to the meeting.
func syncCalendar(ctx context.Context, f *flags, stdout io.Writer) error {
	m, last, c, err := openCalendar(f)
	if err != nil {
		return err
	}
	// If the command is killed, the next one knows its own change by this.
	trying, err := last.Trying(m)
	if err != nil {
		return err
	}
	if err := writeEntry(f.meeting, trying); err != nil {
		return err
	}
	did := &recorder{Calendar: c, did: "unchanged"}
	entry, drift, err := organizer.Sync(ctx, did, m, trying)
	if err := errors.Join(err, writeEntry(f.meeting, entry)); err != nil {
		return errors.Join(err, printDrift(stdout, drift)) // it may be reported this once
	}
	if drift != nil && drift.Deleted {
		did.did = "gone"
	}
	return errors.Join(printLine(stdout, synced{m.Event.UID, entry.Href, did.did}), printDrift(stdout, drift))
}

// recorder is a Calendar that knows in a word what was done to the entry.
type recorder struct {
	organizer.Calendar
	did string // made, changed, deleted or unchanged
}

func (r *recorder) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	out, err := r.Calendar.Put(ctx, o)
	if err == nil && o.Tag == "" {
		r.did = "made"
	} else if err == nil {
		r.did = "changed"
	}
	return out, err
}

func (r *recorder) Delete(ctx context.Context, o organizer.Object) error {
	err := r.Calendar.Delete(ctx, o)
	if err == nil {
		r.did = "deleted"
	}
	return err
}

// drift prints what the organizer has changed in the calendar, and changes nothing.
func drift(ctx context.Context, f *flags, stdout io.Writer) error {
	m, last, c, err := openCalendar(f)
	if err != nil {
		return err
	}
	if last.UID == "" {
		return fmt.Errorf("%s: no entry is known: run sync first", entryFile(f.meeting))
	}
	_, d, err := organizer.Sync(ctx, reader{c}, m, last)
	if err != nil {
		return err
	}
	return printDrift(stdout, d)
}

// reader is a Calendar that stores nothing.
type reader struct{ organizer.Calendar }

func (reader) Put(_ context.Context, o organizer.Object) (organizer.Object, error) { return o, nil }
func (reader) Delete(context.Context, organizer.Object) error                      { return nil }

// openCalendar returns the meeting of the command line, its entry as the last sync left
// it, and the calendar.
func openCalendar(f *flags) (m *invite.Meeting, last organizer.Object, c organizer.Calendar, err error) {
	if f.calendar == "" {
		return nil, last, nil, fmt.Errorf("%w: %s needs -calendar URL", errUsage, f.command)
	}
	if m, err = readMeeting(f.meeting); err != nil {
		return nil, last, nil, err
	}
	if last, err = readEntry(f.meeting, m.Event.UID); err != nil {
		return nil, last, nil, err
	}
	c, err = caldav.Open(f.calendar, nil)
	return m, last, c, err
}

func printDrift(stdout io.Writer, d *organizer.Drift) error {
	if d == nil {
		return nil
	}
	if d.Deleted {
		return printLine(stdout, changed{UID: d.UID, Field: "entry", After: "deleted"})
	}
	for _, c := range d.Changes {
		if err := printLine(stdout, changed{d.UID, c.Field, c.RecurrenceID, c.Attendee, c.Before, c.After, c.Overwritten}); err != nil {
			return err
		}
	}
	return nil
}

// entryFile returns the name of the file beside the meeting that has its entry.
func entryFile(meeting string) string { return meeting + ".entry" }

// readEntry reads the entry as the last sync left it. It is the zero Object before the first.
func readEntry(meeting, uid string) (o organizer.Object, err error) {
	data, err := os.ReadFile(entryFile(meeting))
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(data, &o); err != nil {
		return o, fmt.Errorf("%s: %w", entryFile(meeting), err)
	}
	if o.UID != "" && o.UID != uid {
		return o, fmt.Errorf("%s: is the entry of the meeting %s, not of %s", entryFile(meeting), o.UID, uid)
	}
	return o, nil
}

func writeEntry(meeting string, o organizer.Object) error {
	data, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(entryFile(meeting), append(data, '\n'))
}
