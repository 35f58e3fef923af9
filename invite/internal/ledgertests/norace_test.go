//go:build !race

package ledgertests_test

const raceEnabled = false
