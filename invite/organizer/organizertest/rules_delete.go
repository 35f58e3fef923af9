package organizertest

import (
	"fmt"

	"github.com/convene-go/convene/invite/organizer"
)

// delete calls Delete with the tag of o, which must succeed.
func (s *suite) delete(o organizer.Object) error {
	if err := s.calendar.Delete(s.ctx, organizer.Object{UID: o.UID, Href: o.Href, Tag: o.Tag}); err != nil {
		return fmt.Errorf("calling Delete with the tag that the entry has returned %w, want nil", err)
	}
	return nil
}

func checkDelete(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	if err := s.delete(o); err != nil {
		return err
	}
	if err := s.gone(e.UID); err != nil {
		return fmt.Errorf("after Delete: %w", err)
	}
	if o.Href != "" {
		_, err := s.calendar.Get(s.ctx, organizer.Object{UID: e.UID, Href: o.Href})
		if err := wantError("after Delete, calling Get with Href", err, organizer.ErrGone); err != nil {
			return err
		}
	}
	e = s.meeting()
	if o, err = s.create(&e); err != nil {
		return err
	}
	o.Href = ""
	if err := s.delete(o); err != nil {
		return fmt.Errorf("without Href: %w", err)
	}
	return s.gone(e.UID)
}

func checkDeleteChanged(s *suite) error {
	e := s.meeting()
	old, err := s.create(&e)
	if err != nil {
		return err
	}
	e.Summary = "Another review"
	now, err := s.change(old, e)
	if err != nil {
		return err
	}
	err = s.calendar.Delete(s.ctx, organizer.Object{UID: old.UID, Href: old.Href, Tag: old.Tag})
	if err := wantError("calling Delete with the tag of an older version", err, organizer.ErrChanged); err != nil {
		return err
	}
	return s.unchanged(now)
}

func checkDeleteAny(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	e.Summary = "Another review"
	if _, err = s.change(o, e); err != nil {
		return err
	}
	if err := s.calendar.Delete(s.ctx, organizer.Object{UID: e.UID}); err != nil {
		return fmt.Errorf("calling Delete with the UID alone returned %w, want nil", err)
	}
	return s.gone(e.UID)
}

func checkDeleteTwice(s *suite) error {
	e := s.meeting()
	o, err := s.create(&e)
	if err != nil {
		return err
	}
	if err := s.delete(o); err != nil {
		return err
	}
	for _, again := range []organizer.Object{{UID: o.UID, Href: o.Href}, {UID: o.UID}} {
		err := s.calendar.Delete(s.ctx, again)
		if err := wantError("calling Delete again, without Tag", err, organizer.ErrGone); err != nil {
			return err
		}
	}
	err = s.calendar.Delete(s.ctx, organizer.Object{UID: o.UID, Href: o.Href, Tag: o.Tag})
	// As with Put, some servers cannot tell the two apart.
	return wantError("calling Delete again, with Tag", err, organizer.ErrGone, organizer.ErrChanged)
}

func checkUnknown(s *suite) error {
	uid := newUID()
	if err := s.gone(uid); err != nil {
		return err
	}
	if err := wantError("calling Delete for an entry that never existed", s.calendar.Delete(s.ctx, organizer.Object{UID: uid}), organizer.ErrGone); err != nil {
		return err
	}
	e := s.meeting()
	if _, err := s.create(&e); err != nil {
		return err
	}
	return s.gone(uid)
}
