package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/convene-go/convene/invite"
)

// WithTag returns a desk that knows only the meetings with this [invite.Meeting.Tag], so
// that a program with tenants cannot reach the meeting of another tenant by mistake:
//
//   - Send gives new meetings the tag, whatever its options say.
//   - For all methods that take a UID or the ID of a held mail, other meetings are not
//     stored: the error is [ErrNotFound].
//   - Receive and Undelivered pass over what is about other meetings, with the verdict
//     [invite.VerdictUnknownEvent]. So a mail that came to the mailbox of one tenant never
//     changes a meeting of another.
//   - Meetings and Held leave the others out.
//   - InTx and WithTx return desks that know the tag alone, too.
//
// Run, Work, Due, Waiting, Leftovers and Ledger are for all meetings as before. If a UID is
// stored already, Send says so whatever its tag is. So let the desk make the UIDs.
func (d *Desk) WithTag(tag string) *Desk {
	c := *d
	c.tag = &tag
	return &c
}

// forAll returns the desk without [Desk.WithTag].
func (d *Desk) forAll() *Desk {
	c := *d
	c.tag = nil
	return &c
}

// ofTag names the tag that the desk knows, for a reason.
func (d *Desk) ofTag() string {
	if d.tag == nil {
		return ""
	}
	return fmt.Sprintf(" with the tag %.80q", *d.tag)
}

// hasTag reports whether the desk knows meetings with a tag, as the database has it.
func (d *Desk) hasTag(stored string) bool { return d.tag == nil || stored == text(*d.tag) }

// withTag returns the options of Send with the tag of the desk.
func (d *Desk) withTag(opts []invite.SendOption) []invite.SendOption {
	if d.tag == nil {
		return opts
	}
	return append(opts[:len(opts):len(opts)], invite.Tag(*d.tag))
}

// read reads a meeting that the desk knows.
func (d *Desk) read(ctx context.Context, q querier, key string) (*stored, error) {
	s, err := read(ctx, q, key)
	if err == nil && !d.hasTag(text(s.meeting.Tag)) {
		return nil, notStored(key)
	}
	return s, err
}

// knows returns an [ErrNotFound] if the meeting is not stored, or the desk does not know it.
func (d *Desk) knows(ctx context.Context, q querier, key string) error {
	_, tag, err := nameOf(ctx, q, key)
	if err == nil && !d.hasTag(tag) {
		return notStored(key)
	}
	return err
}

// known returns the keys of the meetings that the desk knows.
func (d *Desk) known(ctx context.Context, keys []string) (out []string, err error) {
	if d.tag == nil {
		return keys, nil
	}
	for _, key := range keys {
		switch err := d.knows(ctx, d.reader(), key); {
		case err == nil:
			out = append(out, key)
		case !errors.Is(err, ErrNotFound):
			return nil, err
		}
	}
	return out, nil
}
