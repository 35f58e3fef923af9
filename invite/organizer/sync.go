package organizer

import (
	"context"
	"errors"

	"github.com/convene-go/convene/invite"
)

// Sync makes the entry of a meeting in c equal to the meeting. last is the Object that
// the previous Sync of this meeting has returned. The zero Object stands for none.
//
// Sync keeps what is the organizer's own in the entry: alarms, categories, colour and
// everything that the meeting has no field for. What the organizer has changed of the
// meeting itself stays too, until the meeting changes in the same field, and is reported
// as a Drift. If the organizer has deleted the entry, the Drift says so, and Sync does
// not make it again. To make it again, give the zero Object.
//
// The entry of a cancelled meeting is deleted. Sync is idempotent: if nothing has
// changed, it only reads.
//
// Keep the returned Object, also if there is an error: it then has the data whose fate
// is unknown, see Object.Tried. A program that can be killed stores
// [Object.Trying] before the call.
func Sync(ctx context.Context, c Calendar, m *invite.Meeting, last Object) (Object, *Drift, error) {
	return last, nil, errors.New("organizer: not built yet")
}

// Trying returns o with the entry of m as Data whose fate is unknown. A program stores it
// before it calls Sync, so that after a crash its own change is not taken for the
// organizer's.
func (o Object) Trying(m *invite.Meeting) (Object, error) {
	return o, errors.New("organizer: not built yet")
}
