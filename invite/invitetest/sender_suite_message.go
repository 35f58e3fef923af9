package invitetest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// letter returns a message to the given mailboxes of example.com.
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

// checkArrived compares what s delivered with what was sent, in any order.
func checkArrived(s invite.Sender, want ...*mime.Message) error {
	o, ok := s.(Observer)
	if !ok {
		return nil
	}
	got := o.Delivered()
	if len(got) != len(want) {
		return fmt.Errorf("%d messages arrived, want %d", len(got), len(want))
	}
	for _, w := range want {
		if !slices.ContainsFunc(got, func(g *mime.Message) bool { return arrivedAs(w, g) }) {
			return fmt.Errorf("no message arrived as it was sent to %q; the first is %+.300v", w.To, first(got))
		}
	}
	return nil
}

// arrivedAs reports whether got is want. Signatures in front are no difference.
func arrivedAs(want, got *mime.Message) bool {
	if !bytes.HasSuffix(got.Data, want.Data) {
		return false
	}
	return got.To == nil || got.From == want.From && slices.Equal(got.To, want.To)
}

// first returns the envelope and the text of the first message, if there is one.
func first(all []*mime.Message) string {
	if len(all) == 0 {
		return "none"
	}
	return fmt.Sprintf("from %q to %q: %q", all[0].From, all[0].To, all[0].Data)
}
