package shadow

import (
	"bytes"
	"errors"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// Read returns the event of an object, and its data. Data says what is to be stored. If
// there is none, the data is made from Event.
func Read(o organizer.Object) (ical.Event, []byte, error) {
	if len(o.Data) == 0 {
		data, err := Data(o.Event)
		if err != nil {
			return ical.Event{}, nil, err
		}
		o.Data = data
	}
	e, err := Decode(o.Data)
	if err == nil && o.UID != "" && e.UID != o.UID {
		err = errors.New("the data has another UID than the object")
	}
	return e, o.Data, err
}

// Decode reads the one event of an object.
func Decode(data []byte) (ical.Event, error) {
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		return ical.Event{}, err
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
