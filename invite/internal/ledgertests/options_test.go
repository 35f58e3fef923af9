package ledgertests_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
)

// TestOptionsAreCopied changes the options of a client after New. The calls of the
// client do not change.
func TestOptionsAreCopied(t *testing.T) {
	key := []byte("0123456789abcdef")
	o := options(nil)
	o.Levels = invite.Levels{"location": invite.LevelSilent}
	o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{key}}
	run := func(c *invite.Client) *invite.Meeting {
		t.Helper()
		m := must(t)(c.Send(t.Context(), review(2)))
		return must(t)(c.Update(t.Context(), m, at(m.Event, "Room 2")))
	}
	s := new(mailbox)
	want := run(invite.New(s, o))
	first := s.take()

	o2 := options(nil)
	o2.Levels = invite.Levels{"location": invite.LevelSilent}
	o2.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.test", Keys: [][]byte{bytes.Clone(key)}}
	c := invite.New(s, o2)
	o2.Levels["location"] = invite.LevelMajor
	o2.Levels["summary"] = invite.LevelSilent
	o2.ReplyAddress.Mailbox = "eve@example.test"
	o2.ReplyAddress.Keys[0][0] ^= 1
	o2.ReplyAddress.Keys = append(o2.ReplyAddress.Keys[:0], []byte("another key of sixteen"))
	o2.ReplyAddress.Lifetime = 1
	o2.Parallel, o2.Now, o2.ProductID = 7, nil, "-//eve//EN"
	got := run(c)
	equal(t, "the Meeting", string(mustJSON(t, want)), string(mustJSON(t, got)))
	equal(t, "the mails", raw(first), raw(s.take()))
	if len(first) != 2 {
		t.Errorf("%d mails, want 2: a new place is silent", len(first))
	}
}

// TestListsAreCopied changes the list that an option of a call was made with. The option
// does not change.
func TestListsAreCopied(t *testing.T) {
	s := new(mailbox)
	c := invite.New(s, options(nil))
	m := must(t)(c.Send(t.Context(), review(3)))
	s.take()
	emails := []string{address(1)}
	o := invite.OnlyTo(emails...)
	emails[0] = address(2)
	for range 2 { // an option may be used again
		must(t)(c.Remind(t.Context(), m, o))
		equal(t, "mails", []string{address(1) + " REQUEST 0"}, summary(t, s.take()))
	}
}

// TestEqualBytes makes the same calls several times with a fixed clock, identifiers and
// randomness. The mails are the same.
func TestEqualBytes(t *testing.T) {
	for _, parallel := range []int{1, 4} {
		run := func() (*invite.Meeting, []*invite.Message) {
			s := new(mailbox)
			o := options(nil)
			o.Parallel = parallel
			c := invite.New(s, o)
			e := weekly(5)
			e.UID = ""
			m := must(t)(c.Send(t.Context(), e))
			m, rest, err := c.UpdateFollowing(t.Context(), m, week(2), at(m.Event, "Room 2"))
			if err != nil {
				t.Fatal(err)
			}
			must(t)(c.Cancel(t.Context(), rest, invite.Comment("Sorry")))
			mails := s.take()
			slices.SortFunc(mails, func(a, b *invite.Message) int { return strings.Compare(a.ID, b.ID) })
			return m, mails
		}
		m, mails := run()
		for range 3 {
			again, others := run()
			equal(t, "the Meeting", string(mustJSON(t, m)), string(mustJSON(t, again)))
			equal(t, "the mails", raw(mails), raw(others))
		}
	}
}

// TestMessageIDs makes the same calls several times without Options.Random. No two
// Message-IDs are the same, although clock and identifiers are fixed.
func TestMessageIDs(t *testing.T) {
	seen := make(map[string]bool)
	for range 3 {
		o := options(nil)
		o.Random = nil
		c := invite.New(discard, o)
		m := must(t)(c.Send(t.Context(), weekly(20)))
		m = must(t)(c.Update(t.Context(), m, at(m.Event, "Room 2")))
		m, rest, err := c.UpdateFollowing(t.Context(), m, week(2), at(m.Event, "Room 3"))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range slices.Concat(m.Deliveries, rest.Deliveries) {
			left, right, _ := strings.Cut(strings.Trim(d.MessageID, "<>"), "@")
			if seen[d.MessageID] || len(left) < 24 || right != "example.test" {
				t.Errorf("Message-ID = %s, seen before = %t, want a new one of example.test", d.MessageID, seen[d.MessageID])
			}
			seen[d.MessageID] = true
		}
	}
	if len(seen) != 3*80 {
		t.Errorf("%d Message-IDs, want 240", len(seen))
	}
}

// TestSameMessageIDAgain sends a mail again. It keeps its Message-ID.
func TestSameMessageIDAgain(t *testing.T) {
	s := &mailbox{failure: func(*invite.Message) error { return failure{uncertain: true} }}
	o := options(nil)
	o.Random = nil
	c := invite.New(s, o)
	m, _ := c.Send(t.Context(), review(2))
	first := s.take()
	m = reload(t, m)
	s.failure = nil
	if _, err := c.Resume(t.Context(), m); err != nil || len(s.take()) > 0 {
		t.Errorf("Resume sent what is unknown: %v", err)
	}
	must(t)(c.Resume(t.Context(), m, invite.ResendUnknown()))
	equal(t, "the mails", raw(first), raw(s.take()))
}
