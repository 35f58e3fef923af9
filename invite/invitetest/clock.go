package invitetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/convene-go/convene/invite"
)

// epoch is where a [Clock] starts.
var epoch = time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC)

// Clock is a clock that stands still until it is told to go on. The zero value
// is ready and shows Monday, 1 February 2027, 08:00 UTC. It is safe for
// concurrent use.
type Clock struct {
	mu     sync.Mutex
	passed time.Duration
}

// Now returns the time that the clock shows. It goes into Options.Now and Policy.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return epoch.Add(c.passed)
}

// Advance lets d pass.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
}

// Options returns options that leave nothing to chance, so that equal calls make
// equal mails: the time is that of c, nil for one that stands still, the
// identifiers of meetings count from 00000000-0000-4000-8000-000000000001, and the
// Message-IDs are made of [Random] with seed 1.
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
