package caldav_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain lets all servers run at the same time: tests wait for them most of the time.
func TestMain(m *testing.M) {
	flag.Parse()
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
