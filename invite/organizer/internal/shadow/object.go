package shadow

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// Read returns the event of an object that is to be stored.
func Read(o organizer.Object) (ical.Event, error) {
	e, err := Decode(o.Data)
	if err == nil && e.UID != o.UID {
		err = errors.New("the data has another UID than the object")
	}
	return e, err
}

// Decode reads the one event of an object, which has no METHOD (RFC 4791, section 4.1).
func Decode(data []byte) (ical.Event, error) {
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		return ical.Event{}, err
	}
	if c.Method != "" {
		return ical.Event{}, errors.New("the data has a METHOD")
	}
	if len(c.Events) != 1 {
		return ical.Event{}, errors.New("the data has not exactly one event")
	}
	return c.Events[0], nil
}

// Data returns an event as a VCALENDAR without METHOD. Equal events give equal bytes.
func Data(e ical.Event) ([]byte, error) {
	stamp := e.Modified
	if stamp.IsZero() {
		stamp = e.Start
	}
	if stamp.IsZero() {
		stamp = time.Unix(0, 0)
	}
	return ical.Encode(&ical.Calendar{Stamp: stamp.UTC().Truncate(time.Second), Events: []ical.Event{e}})
}

// Kept returns an object as the server keeps it. put is the data that was written, and nil
// if nothing was.
func Kept(o organizer.Object, put []byte) organizer.Object {
	if put != nil && !bytes.Equal(o.Data, put) {
		o.Written = put
	}
	return o
}

// Complete fills Event and Data of an object. kept is the copy in the entry, made is the
// entry as it would show that copy if nobody had changed anything, and now is the entry. If
// there is no copy, or the entry cannot show it, ok is false. put is as in Kept.
func Complete(o organizer.Object, kept Copy, made ical.Event, ok bool, now ical.Event, put []byte) (organizer.Object, error) {
	if ok {
		changed := false
		if o.Event, changed = kept.Now(made, now); !changed {
			o.Data = kept.Data
			return Kept(o, put), nil
		}
		o.Event.Modified = now.Modified
	}
	if o.Event.UID == "" {
		o.Event = Alone(now)
	}
	var err error
	if o.Data, err = Data(o.Event); err != nil {
		return organizer.Object{}, err
	}
	return Kept(o, put), nil
}

// Tag returns a digest of the versions of all parts of an entry.
func Tag(versions []string) string {
	list := slices.Sorted(slices.Values(versions))
	sum := sha256.Sum256([]byte(strings.Join(list, "\n")))
	return hex.EncodeToString(sum[:16])
}

// OneLine returns a text on one line, without spaces at its ends.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// End returns the end of an event, also if it has none.
func End(e ical.Event) time.Time {
	switch {
	case !e.End.IsZero():
		return e.End
	case e.AllDay:
		return e.Start.AddDate(0, 0, 1)
	}
	return e.Start
}
