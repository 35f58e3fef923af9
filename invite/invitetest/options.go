package invitetest

import (
	"fmt"
	"sync/atomic"

	"github.com/convene-go/convene/invite"
)

// Options returns options with which equal calls make equal mails:
//
//   - The time is the time of c. If c is nil, the clock stands still.
//   - The identifiers of meetings count from 00000000-0000-4000-8000-000000000001.
//   - The Message-IDs are made from [Random] with seed 1.
func Options(c *Clock) *invite.Options {
	if c == nil {
		c = new(Clock)
	}
	var n atomic.Uint64
	return &invite.Options{
		Now:    c.Now,
		NewID:  func() string { return fmt.Sprintf("00000000-0000-4000-8000-%012x", n.Add(1)) },
		Random: Random(1),
	}
}
