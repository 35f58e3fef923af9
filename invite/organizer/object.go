package organizer

import (
	"bytes"
	"slices"

	"github.com/convene-go/convene/invite"
)

// Trying returns o with the entry of m as Data whose fate is unknown. A program stores it
// before it calls Sync, so that after a crash its own change is not taken for the
// organizer's. The error is the error of [Encode].
func (o Object) Trying(m *invite.Meeting) (Object, error) {
	ours, err := Encode(m)
	if err != nil {
		return o, err
	}
	o.UID = ours.UID
	return o.trying(ours.Data), nil
}

// mostTried limits the entries in Object.Tried.
const mostTried = 8

// trying returns o with one more entry whose fate is unknown.
func (o Object) trying(data []byte) Object {
	list := split(o.Tried)
	list = slices.DeleteFunc(list, func(d []byte) bool { return bytes.Equal(d, data) })
	if list = append(list, data); len(list) > mostTried {
		list = list[len(list)-mostTried:]
	}
	o.Tried = bytes.Join(list, nil)
	return o
}

// split returns the entries in Object.Tried.
func split(tried []byte) (out [][]byte) {
	begin := []byte("BEGIN:VCALENDAR\r\n")
	for len(tried) > 0 {
		n := len(tried)
		if i := bytes.Index(tried[1:], append([]byte("\n"), begin...)); i >= 0 {
			n = i + 2
		}
		out, tried = append(out, tried[:n:n]), tried[n:]
	}
	return out
}

// isStored reports whether the entry was in the calendar.
func (o *Object) isStored() bool { return len(o.Data) > 0 || o.Tag != "" }

// written returns the entry as the meeting gave it last.
func (o *Object) written() []byte {
	if len(o.Written) > 0 {
		return o.Written
	}
	return o.Data
}
