package invitetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// newMessage returns a message to the given mailboxes of example.com. Some of its
// lines begin with dots or From, and one is long.
func newMessage(to ...string) *mime.Message {
	m := &mime.Message{
		From: "desk@example.com",
		ID:   "<1.test@example.com>",
		Data: []byte("From: desk@example.com\r\nSubject: Review\r\n\r\n.\r\n..two\r\nFrom here\r\n" +
			strings.Repeat("long ", 15) + "\r\n"),
	}
	for _, name := range to {
		m.To = append(m.To, name+"@example.com")
	}
	return m
}

// clone returns a copy of m that shares nothing with it.
func clone(m *mime.Message) *mime.Message {
	c := *m
	c.To, c.Data = slices.Clone(m.To), bytes.Clone(m.Data)
	return &c
}

// checkArrived compares the messages that s delivered with want, in any order. If s
// is no [Observer], it returns nil.
func checkArrived(s invite.Sender, want ...*mime.Message) error {
	o, ok := as[Observer](s)
	if !ok {
		return nil
	}
	got := o.Delivered()
	if len(got) != len(want) {
		return fmt.Errorf("%d messages arrived, want %d", len(got), len(want))
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g *mime.Message) bool { return arrivedAs(w, g) }) {
			return fmt.Errorf("the message to %q did not arrive as it was sent; the first that arrived is %+.300v", w.To, first(got))
		}
	}
	return nil
}

// arrivedAs reports whether got is want. Header fields that were added in front, such
// as signatures, make no difference.
func arrivedAs(want, got *mime.Message) bool {
	if !bytes.HasSuffix(got.Data, want.Data) {
		return false
	}
	return got.To == nil || got.From == want.From && slices.Equal(got.To, want.To)
}

// first returns the envelope and the text of the first message, for an error text.
func first(all []*mime.Message) string {
	if len(all) == 0 {
		return "none"
	}
	return fmt.Sprintf("from %q to %q: %q", all[0].From, all[0].To, all[0].Data)
}
