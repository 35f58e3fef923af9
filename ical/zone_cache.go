package ical

import (
	"sync"
	"time"
)

// cache remembers what is slow to find out again and never changes. It forgets
// everything when it is full, so that no input makes it grow for ever. The zero
// value is ready; it is safe for concurrent use.
type cache[K comparable, V any] struct {
	mu sync.RWMutex
	m  map[K]V
}

// cacheSize is how many entries one cache holds: every IANA zone, with room.
const cacheSize = 2048

func (c *cache[K, V]) get(key K) (V, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok := c.m[key]
	return v, ok
}

// put stores v, unless another has come first: all callers get the same value.
func (c *cache[K, V]) put(key K, v V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if first, ok := c.m[key]; ok {
		return first
	}
	if c.m == nil || len(c.m) >= cacheSize {
		c.m = make(map[K]V)
	}
	c.m[key] = v
	return v
}

// zoneKey is what the cache goes by. A Location is compared by identity, since
// two with one name may differ.
type zoneKey struct {
	loc         *time.Location
	first, last int
}

var zoneCache cache[zoneKey, *zoneForms]

// formsOf returns the forms of loc for the years of a span.
func formsOf(loc *time.Location, s Span) (*zoneForms, error) {
	key := zoneKey{loc, s.Start.UTC().Year(), s.End.UTC().Year()}
	z, ok := zoneCache.get(key)
	if !ok {
		z = zoneCache.put(key, newZoneForms(key, s.Start))
	}
	return z, z.err
}
