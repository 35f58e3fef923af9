package ical

import (
	"errors"
	"path"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// This file holds everything that the package keeps between calls: three caches,
// of zones and of nothing else. All hold facts that are the same for every caller
// (IANA zones and their VTIMEZONEs), so they keep no tenant's data. A zone that
// only a VTIMEZONE in a mail describes is in none of them.

// sharedZones holds the zones that [LoadLocation] has loaded, by their own name.
// One pointer for each name makes zones comparable and is the key of
// sharedForms.
//
// Reason: a look-up takes 30 ns, and loading a zone from a file takes 10 µs.
// Bound: 1,024 entries, which are never reached, because about 600 IANA names and
// 120 offsets exist. Hostile input cannot flush it, because only names that exist
// get in: aliases, other spellings of a path ("Europe//Berlin") and odd offsets
// ("UTC+00:00:01") do not. On a file system that ignores case, spellings count as
// names, and an entry in use is protected as [cache] describes.
var sharedZones = cache[string, *time.Location]{limit: 1024}

// zoneAliases holds the zones that other names stand for: names of Windows, and
// IANA names with a vendor's path in front.
//
// Reason: it takes 40 to 70 µs to find that no zone has the whole name, which is
// more than the rest of decoding a small mail. Bound: 1,024 entries with names of at
// most 128 octets. Hostile input cannot change a result by flushing it, because
// the zones themselves stay in sharedZones; an alias in use is protected as
// [cache] describes.
var zoneAliases = cache[string, *time.Location]{limit: 1024}

// sharedForms holds the VTIMEZONE forms of the zones in sharedZones, by zone and
// years.
//
// Reason: a look-up takes 50 ns, and making the forms takes 3 to 60 µs. The rest
// of [Encode] takes about 10 µs. Bound: 1,024 entries of about 3 KB.
// Hostile input cannot flush it: [Decode] does not touch it, a zone that one object
// describes does not get in, and the years that a program's own events use are
// protected as [cache] describes.
var sharedForms = cache[zoneYears, *zoneForms]{limit: 1024}

// zoneYears is a zone in a range of years, the key of sharedForms. The zone is
// compared by identity, because two zones with one name may differ.
type zoneYears struct {
	loc         *time.Location
	first, last int
}

// cache keeps values that are slow to compute and never change. It is safe for
// concurrent use.
//
// A full cache gives up the entry that is used least: each entry counts its uses
// up to maxUses, and the search for room goes round the entries and takes one use
// off each until it meets an entry without any. So an entry that was used n times
// stays until at least n × (limit-1) look-ups of other keys have passed without one
// use of it. A mail with 10,000 keys, each asked for once, displaces only its own.
type cache[K comparable, V any] struct {
	limit int

	mu      sync.RWMutex
	entries map[K]*cacheEntry[K, V]
	ring    []*cacheEntry[K, V] // the entries in the order of the search
	next    int                 // the index in ring at which the search goes on
}

// cacheEntry is a value with its key and the count of its uses.
type cacheEntry[K comparable, V any] struct {
	key   K
	value V
	uses  atomic.Int32
}

// maxUses is the most uses that count. Counting ends there, so that frequent
// look-ups on several cores only read.
const maxUses = 255

// get returns the value of key, and counts the use. ok is false if there is no
// value.
func (c *cache[K, V]) get(key K) (value V, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	e, ok := c.entries[key]
	if !ok {
		return value, false
	}
	if n := e.uses.Load(); n < maxUses {
		e.uses.Store(n + 1)
	}
	return e.value, true
}

// put stores v unless the key has a value already, and returns the value that
// the key has then: all callers get the same one.
func (c *cache[K, V]) put(key K, v V) V {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, ok := c.entries[key]; ok {
		return e.value
	}
	if c.entries == nil {
		c.entries = make(map[K]*cacheEntry[K, V])
	}
	e := &cacheEntry[K, V]{key: key, value: v}
	c.entries[key] = e
	if len(c.ring) < c.limit {
		c.ring = append(c.ring, e)
		return v
	}
	for c.ring[c.next].uses.Load() > 0 {
		c.ring[c.next].uses.Add(-1)
		c.next = (c.next + 1) % c.limit
	}
	delete(c.entries, c.ring[c.next].key)
	c.ring[c.next] = e
	c.next = (c.next + 1) % c.limit
	return v
}

// shareZone returns the shared pointer for the zone of loc. If there is none and
// sharedZones may hold the name, loc becomes the shared pointer. If it may not
// hold the name, shareZone returns loc.
func shareZone(loc *time.Location) *time.Location {
	name := loc.String()
	if offset, ok := parseOffsetName(name); ok {
		if offset%(15*60) != 0 || max(offset, -offset) > 15*60*60 {
			return loc // no real zone has such an offset
		}
	} else if path.Clean(name) != name {
		return loc
	}
	return sharedZones.put(strings.Clone(name), loc)
}

// isShared reports whether loc is a zone that every caller gets by its name.
func isShared(loc *time.Location) bool {
	if loc == time.UTC {
		return true
	}
	shared, ok := sharedZones.get(loc.String())
	return ok && shared == loc
}

// formsOf returns the forms of loc for the years of a span.
func formsOf(loc *time.Location, s Span) (*zoneForms, error) {
	key := zoneYears{loc, s.Start.UTC().Year(), s.End.UTC().Year()}
	if z, ok := sharedForms.get(key); ok {
		return z, nil
	}
	named, err := namedZone(loc, s.Start)
	if err != nil {
		return nil, err
	}
	if key.loc = named; !isShared(named) {
		return newZoneForms(key), nil
	}
	if z, ok := sharedForms.get(key); ok { // a second look-up: loc may be a copy of a shared zone
		return z, nil
	}
	return sharedForms.put(key, newZoneForms(key)), nil
}

// formsOfEvents is formsOf for the zone of events. They have been checked, so they
// may keep a zone that only their file describes.
func formsOfEvents(loc *time.Location, s Span) (*zoneForms, error) {
	z, err := formsOf(loc, s)
	if err == nil {
		return z, nil // errors.As allocates
	}
	if other := new(otherZoneError); errors.As(err, &other) {
		return newZoneForms(zoneYears{loc, s.Start.UTC().Year(), s.End.UTC().Year()}), nil
	}
	return z, err
}
