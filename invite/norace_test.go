//go:build !race

package invite_test

const raceEnabled = false
