package organizertest

import (
	"errors"
	"fmt"
	"strings"

	"github.com/convene-go/convene/invite/organizer"
)

// oddUIDs returns UIDs that an adapter may write or look up wrongly. No two of them are
// the same octets.
func oddUIDs() []string {
	r := newUID()
	long := strings.Repeat("0123456789", 26)[:255-len(r)] + r
	return []string{
		r, r + "x", r[:len(r)-1], // a search for a part of a text finds all three
		"Case-" + r, "case-" + r, "CASE-" + r,
		"two words " + r, "a/b/../c/" + r, "a\\b:" + r, "%41%2F%" + r, "A%2F%" + r, "a?b#c&d=e+f" + r,
		"müller-" + r, "mu\u0308ller-" + r, "会議-" + r, "<uid>&amp;\"'" + r, "{040000008200E00074C5B7101A82E008}" + r,
		"a,b;c'" + r, "../" + r, long, long[1:],
	}
}

func checkUIDs(s *suite) error {
	uids := oddUIDs()
	made := make(map[string]organizer.Object)
	for i, uid := range uids {
		if err := s.gone(uid); err != nil {
			return fmt.Errorf("the UID is %q, and the entries %q exist: %w", uid, uids[:i], err)
		}
		e := s.meeting()
		e.UID, e.Summary = uid, fmt.Sprintf("Review %d", i)
		o, err := object(e)
		if err != nil {
			return err
		}
		if made[uid], err = s.put(o); err != nil {
			return fmt.Errorf("the UID is %q, and the entries %q exist: %w", uid, uids[:i], err)
		}
	}
	for i, uid := range uids {
		e := s.meeting()
		e.UID, e.Summary = uid, fmt.Sprintf("Review %d", i)
		got, err := s.expect(e)
		if err == nil {
			err = equal(made[uid], got)
		}
		if err == nil {
			err = s.delete(got)
		}
		if err == nil {
			err = s.gone(uid)
		}
		if err != nil {
			return fmt.Errorf("the UID is %q: %w", uid, err)
		}
	}
	return nil
}

func checkRefused(s *suite) error {
	e := s.meeting()
	good, err := object(e)
	if err != nil {
		return err
	}
	s.made = append(s.made, e.UID)
	data := string(good.Data)
	for _, bad := range []struct{ what, data string }{
		{"with METHOD:REQUEST", strings.Replace(data, "VERSION:2.0\r\n", "VERSION:2.0\r\nMETHOD:REQUEST\r\n", 1)},
		{"with another UID", strings.ReplaceAll(data, "UID:"+e.UID[:8], "UID:other"+e.UID[:3])},
		{"that is cut off", data[:len(data)/2]},
		{"that is empty", ""},
	} {
		o := good
		o.Data = []byte(bad.data)
		_, err := s.calendar.Put(s.ctx, o)
		if err == nil {
			return fmt.Errorf("calling Put with Data %s returned nil, want an error", bad.what)
		}
		if err := unclear("calling Put with Data "+bad.what, err); err != nil {
			return err
		}
		if err := s.gone(e.UID); err != nil {
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
