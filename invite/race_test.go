//go:build race

package invite_test

// raceEnabled is whether the race detector runs, which needs more memory.
const raceEnabled = true
