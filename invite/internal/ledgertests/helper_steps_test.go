package ledgertests_test

import (
	"testing"

	"github.com/convene-go/convene/internal/steps"
)

// newSteps returns the log of t. The command that repeats t needs the arguments args.
func newSteps(t *testing.T, seed string, args ...string) *steps.Log {
	return steps.New(t, seed, steps.Command{Package: "./invite/internal/ledgertests", Race: raceEnabled, Args: args})
}
