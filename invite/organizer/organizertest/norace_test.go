//go:build !race

package organizertest

const raceEnabled = false
