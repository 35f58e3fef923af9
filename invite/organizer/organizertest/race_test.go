//go:build race

package organizertest

// raceEnabled is whether the race detector runs, which takes more time.
const raceEnabled = true
