package organizertest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

func checkNew(s *suite) error {
	e := s.meeting()
	put, err := s.create(&e)
	if err != nil {
		return err
	}
	if err := s.same(e, put); err != nil {
		return fmt.Errorf("calling Put with a new entry: %w", err)
	}
	for _, href := range []string{"", put.Href, ""} {
		got, err := s.calendar.Get(s.ctx, organizer.Object{UID: e.UID, Href: href})
		if err != nil {
			return fmt.Errorf("after Put, calling Get with the UID and Href = %q returned %w, want the entry", href, err)
		}
		if err := equal(put, got); err != nil {
			return fmt.Errorf("after Put, calling Get with the UID and Href = %q returned another Object than Put: %w", href, err)
		}
	}
	return nil
}

// equal compares the results of two calls for one version of an entry.
func equal(want, got organizer.Object) error {
	var d differences
	d.add("UID", want.UID, got.UID)
	d.add("Tag", want.Tag, got.Tag)
	if want.Href != "" && got.Href != "" {
		d.add("Href", want.Href, got.Href)
	}
	if !bytes.Equal(want.Data, got.Data) {
		a, b := firstDifference(want.Data, got.Data)
		d.add("the first line of Data that differs", a, b)
	}
	return d.err()
}

// firstDifference returns the first lines in which a and b differ.
func firstDifference(a, b []byte) (string, string) {
	as, bs := strings.SplitAfter(string(a), "\n"), strings.SplitAfter(string(b), "\n")
	for i := range min(len(as), len(bs)) {
		if as[i] != bs[i] {
			return as[i], bs[i]
		}
	}
	if len(as) > len(bs) {
		return as[len(bs)], ""
	}
	return "", bs[len(as)]
}

func checkEvent(s *suite) error {
	e := s.meeting()
	put, err := s.create(&e)
	if err != nil {
		return err
	}
	got, err := s.get(e.UID)
	if err != nil {
		return err
	}
	for name, o := range map[string]organizer.Object{"Put": put, "Get": got} {
		data, err := eventOf(o)
		if err != nil {
			return fmt.Errorf("calling %s: %w", name, err)
		}
		if err := s.compare(data, o.Event); err != nil {
			return fmt.Errorf("calling %s returned an Event that differs from Data: %w", name, err)
		}
	}
	return nil
}

func checkWritten(s *suite) error {
	e := s.meeting()
	put, err := s.create(&e)
	if err != nil {
		return err
	}
	e.Summary = "Another review"
	next, err := changed(put, e)
	if err != nil {
		return err
	}
	for range 2 {
		got, err := s.put(next)
		if err != nil {
			return err
		}
		switch same := bytes.Equal(got.Data, next.Data); {
		case same && len(got.Written) > 0:
			return errors.New("the server keeps what was put, and calling Put returned an Object with Written, want none")
		case !same && !bytes.Equal(got.Written, next.Data):
			return fmt.Errorf("the server keeps something else than was put, and calling Put returned Written = %.60q, want the Data that was put", got.Written)
		}
		next.Tag, next.Href = got.Tag, got.Href
	}
	return nil
}

func checkValues(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	e.Location = "Room 5"
	next, err := changed(o, e)
	if err != nil {
		return err
	}
	before := bytes.Clone(next.Data)
	put, err := s.put(next)
	if err != nil {
		return err
	}
	if !bytes.Equal(next.Data, before) {
		return errors.New("calling Put changed the Data of its argument")
	}
	spoil(next.Data)
	spoil(put.Data)
	spoil(put.Written)
	got, err := s.get(e.UID)
	if err != nil {
		return fmt.Errorf("the caller changed the Data of an Object after Put: %w", err)
	}
	if err := s.same(e, got); err != nil {
		return fmt.Errorf("the caller changed the Data of an Object after Put: %w", err)
	}
	spoil(got.Data)
	if _, err := s.expect(e); err != nil {
		return fmt.Errorf("the caller changed the Data that Get had returned: %w", err)
	}
	return nil
}

// spoil overwrites data.
func spoil(data []byte) {
	for i := range data {
		data[i] = 'x'
	}
}

func checkTwice(s *suite) error {
	e := s.meeting()
	first, err := s.create(&e)
	if err != nil {
		return err
	}
	other := e
	other.Summary = "Another review"
	o, err := object(other)
	if err != nil {
		return err
	}
	for _, href := range []string{"", first.Href} {
		o.Href = href
		_, err = s.calendar.Put(s.ctx, o)
		action := fmt.Sprintf("calling Put without Tag, with Href = %q, for an entry that exists", href)
		if err := wantError(action, err, organizer.ErrChanged); err != nil {
			return err
		}
		if err := s.unchanged(first); err != nil {
			return fmt.Errorf("after %s: %w", action, err)
		}
	}
	return nil
}

// unchanged expects that an entry is the same version as before, with the same meeting.
func (s *suite) unchanged(o organizer.Object) error {
	was, err := eventOf(o)
	if err != nil {
		return err
	}
	got, err := s.expect(was)
	if err == nil && got.Tag != o.Tag {
		err = fmt.Errorf("its Tag is %q, want %q", got.Tag, o.Tag)
	}
	if err != nil {
		return fmt.Errorf("the entry is not the same as before: %w", err)
	}
	return nil
}

func checkReplace(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	tags := []string{o.Tag}
	for _, title := range []string{"Second review", "Third review", "Fourth review"} {
		e.Summary = title
		if o, err = s.change(o, e); err != nil {
			return err
		}
		if slices.Contains(tags, o.Tag) {
			return fmt.Errorf("calling Put with another meeting returned the Tag %q, which an older version has", o.Tag)
		}
		tags = append(tags, o.Tag)
		if err := s.same(e, o); err != nil {
			return fmt.Errorf("calling Put with the tag that the entry has: %w", err)
		}
		if err := s.unchanged(o); err != nil {
			return fmt.Errorf("after Put, calling Get: %w", err)
		}
	}
	return nil
}

func checkChanged(s *suite) error {
	e := s.meeting()
	old, err := s.create(&e)
	if err != nil {
		return err
	}
	e.Summary = "Second review"
	now, err := s.change(old, e)
	if err != nil {
		return err
	}
	e.Summary = "Third review"
	late, err := changed(old, e)
	if err != nil {
		return err
	}
	_, err = s.calendar.Put(s.ctx, late)
	if err := wantError("calling Put with the tag of an older version", err, organizer.ErrChanged); err != nil {
		return err
	}
	return s.unchanged(now)
}

func checkEdited(s *suite) error {
	e := s.meeting()
	old, err := s.create(&e)
	if err != nil {
		return err
	}
	theirs := e
	theirs.Summary = "Review of the organizer"
	if err := s.edit(e.UID, func(e *ical.Event) { e.Summary = theirs.Summary }); err != nil {
		return fmt.Errorf("changing the entry as the organizer does: %w", err)
	}
	e.Location = "Room 5"
	ours, err := changed(old, e)
	if err != nil {
		return err
	}
	_, err = s.calendar.Put(s.ctx, ours)
	if err := wantError("after a change by the organizer, calling Put with the tag from before it", err, organizer.ErrChanged); err != nil {
		return err
	}
	now, err := s.expect(theirs)
	if err != nil {
		return fmt.Errorf("after a change by the organizer and a Put that was refused: %w", err)
	}
	e.Summary = theirs.Summary
	if _, err := s.change(now, e); err != nil {
		return fmt.Errorf("after a change by the organizer and Get: %w", err)
	}
	_, err = s.expect(e)
	return err
}

func checkPutGone(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	if err := s.delete(o); err != nil {
		return err
	}
	e.Summary = "Another review"
	next, err := changed(o, e)
	if err != nil {
		return err
	}
	_, err = s.calendar.Put(s.ctx, next)
	// A server with If-Match alone cannot tell the two apart (RFC 4918, section 12.1).
	if err := wantError("calling Put with the Tag of an entry that was deleted", err, organizer.ErrGone, organizer.ErrChanged); err != nil {
		return err
	}
	return s.gone(e.UID)
}

func checkAnew(s *suite) error {
	e := s.meeting()
	for i := range 3 {
		e.Summary = fmt.Sprintf("Review %d", i)
		o, err := object(e)
		if err != nil {
			return err
		}
		if o, err = s.put(o); err != nil {
			return fmt.Errorf("after %d deletions: %w", i, err)
		}
		if _, err := s.expect(e); err != nil {
			return fmt.Errorf("after %d deletions: %w", i, err)
		}
		if err := s.delete(o); err != nil {
			return err
		}
		if err := s.gone(e.UID); err != nil {
			return err
		}
	}
	return nil
}

func checkApart(s *suite) error {
	a, b := s.meeting(), s.meeting()
	b.Summary = "Another review"
	oa, err := s.create(&a)
	if err != nil {
		return err
	}
	ob, err := s.create(&b)
	if err != nil {
		return fmt.Errorf("another entry exists: %w", err)
	}
	if err := s.unchanged(oa); err != nil {
		return fmt.Errorf("another entry was made: %w", err)
	}
	b.Location = "Room 5"
	if ob, err = s.change(ob, b); err != nil {
		return err
	}
	if err := s.unchanged(oa); err != nil {
		return fmt.Errorf("another entry was changed: %w", err)
	}
	if err := s.delete(oa); err != nil {
		return err
	}
	if err := s.unchanged(ob); err != nil {
		return fmt.Errorf("another entry was deleted: %w", err)
	}
	return s.gone(a.UID)
}
