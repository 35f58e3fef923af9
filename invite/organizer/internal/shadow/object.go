package shadow

import (
	"bytes"
	"errors"
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
