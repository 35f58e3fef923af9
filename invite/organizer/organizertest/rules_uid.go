package organizertest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// oddUIDs returns UIDs that an adapter may write or look up wrongly. No two of them are
// the same octets.
func oddUIDs() []string {
	r := newUID()
	long := (r + strings.Repeat("0123456789", 25))[:254]
	return []string{
		r, r + "x", r[:len(r)-1], // a search for a part of a text finds all three
		"Case-" + r, "case-" + r, "CASE-" + r,
		"two words " + r, "a/b/../c/" + r, "a\\b:" + r, "%41%2F%" + r, "A%2F%" + r, "a?b#c&d=e+f" + r,
		"müller-" + r, "mu\u0308ller-" + r, "会議-" + r, "<uid>&amp;\"'" + r, "{040000008200E00074C5B7101A82E008}" + r,
		"a,b;c'" + r, "../" + r, long + "1", long + "2",
	}
}

func checkUIDs(s *suite) error {
	uids := oddUIDs()
	events, entries := make([]ical.Event, len(uids)), make([]organizer.Object, len(uids))
	for i, uid := range uids {
		e := s.meeting()
		e.UID, e.Summary = uid, fmt.Sprintf("Review %d", i)
		o, err := object(e)
		if err != nil {
			return err
		}
		if err = s.gone(uid); err == nil {
			entries[i], err = s.put(o)
		}
		if err != nil {
			return fmt.Errorf("the UID is %q, and the entries %q exist: %w", uid, uids[:i], err)
		}
		events[i] = e
	}
	for i, uid := range uids {
		got, err := s.expect(events[i])
		if err == nil {
			err = s.unchanged(entries[i])
		}
		if err == nil {
			err = s.delete(got)
		}
		if err == nil {
			err = s.gone(uid)
		}
		if err != nil {
			return fmt.Errorf("the UID is %q, and the entries %q exist: %w", uid, uids[i:], err)
		}
	}
	return nil
}

func checkRefused(s *suite) error {
	e := s.meeting()
	old, err := s.create(&e)
	if err != nil {
		return err
	}
	change, err := changed(old, e)
	if err != nil {
		return err
	}
	if err := s.refuses(change, func() error { return s.unchanged(old) }); err != nil || s.lacks(LackUIDs) {
		return err
	}
	e = s.meeting()
	s.made = append(s.made, e.UID)
	o, err := object(e)
	if err != nil {
		return err
	}
	return s.refuses(o, func() error { return s.gone(e.UID) })
}

// refuses puts o with wrong Data, which must be refused. after checks that nothing was
// stored.
func (s *suite) refuses(o organizer.Object, after func() error) error {
	data := string(o.Data)
	for _, bad := range []struct{ what, data string }{
		{"with METHOD:REQUEST", strings.Replace(data, "VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:REQUEST\r\n", 1)},
		{"with another UID", strings.ReplaceAll(data, "UID:"+o.UID[:8], "UID:other"+o.UID[:3])},
		{"that is cut off", data[:len(data)/2]},
		{"that is empty", ""},
	} {
		o.Data = []byte(bad.data)
		_, err := s.calendar.Put(s.ctx, o)
		if err == nil {
			return fmt.Errorf("calling Put with Data %s returned nil, want an error", bad.what)
		}
		if err := unclear("calling Put with Data "+bad.what, err); err != nil {
			return err
		}
		if err := after(); err != nil {
			return fmt.Errorf("after Put with Data %s: %w", bad.what, err)
		}
	}
	return nil
}

func checkReserve(s *suite) error {
	r, ok := s.calendar.(organizer.Reserver)
	if !ok {
		return fmt.Errorf("%w: the calendar is no organizer.Reserver", errNotApplicable)
	}
	e := s.meeting()
	e.UID = ""
	key := strings.ToLower(newUID()[:20])
	var uids []string
	for _, k := range []string{key, key, key + "-2"} {
		uid, err := r.Reserve(s.ctx, k, e)
		if err != nil {
			return fmt.Errorf("calling Reserve returned %w, want nil", err)
		}
		if uid == "" {
			return errors.New("calling Reserve returned no UID")
		}
		uids = append(uids, uid)
		s.made = append(s.made, uid)
	}
	if uids[0] != uids[1] {
		return fmt.Errorf("calling Reserve twice with one key returned the UIDs %q and %q, want the same", uids[0], uids[1])
	}
	if uids[0] == uids[2] {
		return fmt.Errorf("calling Reserve with two keys returned the UID %q twice", uids[0])
	}
	o, err := s.get(uids[0])
	if err != nil {
		return fmt.Errorf("after Reserve: %w", err)
	}
	got, err := eventOf(o)
	if err != nil {
		return err
	}
	if len(got.Attendees) > 0 {
		return fmt.Errorf("after Reserve, the entry has %d attendees, want none", len(got.Attendees))
	}
	e.UID = uids[0]
	if _, err := s.change(o, e); err != nil {
		return fmt.Errorf("after Reserve: %w", err)
	}
	_, err = s.expect(e)
	return err
}

func checkLostReserve(s *suite) error {
	r, ok := s.calendar.(organizer.Reserver)
	if !ok {
		return fmt.Errorf("%w: the calendar is no organizer.Reserver", errNotApplicable)
	}
	e, more := s.meeting(), s.counted()
	e.UID = ""
	key := strings.ToLower(newUID()[:20])
	if err := s.lose(); err != nil {
		return err
	}
	_, err := r.Reserve(s.ctx, key, e)
	if err := unclear("the reply was lost, and calling Reserve", err); err != nil {
		return err
	}
	uid, err := r.Reserve(s.ctx, key, e)
	if err != nil {
		return fmt.Errorf("after a lost reply, calling Reserve again with the same key returned %w, want nil", err)
	}
	s.made = append(s.made, uid)
	if _, err = s.get(uid); err == nil {
		err = more(1)
	}
	if err != nil {
		return fmt.Errorf("after a lost reply and Reserve again: %w", err)
	}
	return nil
}
