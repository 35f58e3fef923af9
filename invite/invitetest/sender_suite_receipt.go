package invitetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/convene-go/convene/invite"
)

// viaReceipt is a sender under test whose Send is its SendReceipt.
type viaReceipt struct{ invite.ReceiptSender }

// Send calls SendReceipt, and checks the receipt.
func (s viaReceipt) Send(ctx context.Context, m *invite.Message) error {
	to := slices.Clone(m.To)
	r, err := s.SendReceipt(ctx, m)
	if bad := checkReceipt(r, to); bad != nil {
		return errors.Join(bad, err)
	}
	return err
}

// longestReceipt is the length of the longest receipt that a Client keeps, in octets.
const longestReceipt = 500

// checkReceipt checks that each name in a receipt can be kept, and is of a recipient.
func checkReceipt(r invite.Receipt, to []string) error {
	for who, id := range r.Of {
		if !slices.Contains(to, who) {
			return fmt.Errorf("calling SendReceipt returned a receipt of %q, who is no recipient", who)
		}
		if err := checkName(id); err != nil {
			return err
		}
	}
	return checkName(r.ID)
}

// checkName checks a name in a receipt.
func checkName(id string) error {
	odd := func(c rune) bool { return c == unicode.ReplacementChar || !unicode.IsPrint(c) }
	if len(id) > longestReceipt || strings.ContainsFunc(id, odd) {
		return fmt.Errorf("calling SendReceipt returned %.80q, want at most %d octets in one line", id, longestReceipt)
	}
	return nil
}

// as returns the sender under test as a T, if it is one.
func as[T any](s invite.Sender) (T, bool) {
	if v, ok := s.(viaReceipt); ok {
		s = v.ReceiptSender
	}
	t, ok := s.(T)
	return t, ok
}
