//go:build race

package ledgertests_test

// raceEnabled makes the largest tests smaller.
const raceEnabled = true
