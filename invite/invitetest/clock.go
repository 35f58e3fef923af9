package invitetest

import (
	"sync"
	"time"
)

// epoch is the time at which a [Clock] starts.
var epoch = time.Date(2027, 2, 1, 8, 0, 0, 0, time.UTC)

// Clock is a clock that stands still until [Clock.Advance] moves it. The zero value
// is ready and shows Monday, 1 February 2027, 08:00 UTC. It is safe for concurrent
// use.
type Clock struct {
	mu     sync.Mutex
	passed time.Duration
}

// Now returns the time that the clock shows. Set it as Options.Now and Policy.Now.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return epoch.Add(c.passed)
}

// Advance moves the clock forward by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.passed += d
}
