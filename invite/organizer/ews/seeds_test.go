package ews_test

import (
	"flag"
	"os"
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
)

var writeSeeds = flag.Bool("ews.seeds", false, "write the responses of the fake server to testdata")

// TestSeeds checks that the seeds of FuzzParse are there. With -ews.seeds it writes them.
func TestSeeds(t *testing.T) {
	f := newFake(t)
	if *writeSeeds {
		f.seeds = map[string]string{}
	}
	c := f.open(t, nil)
	last := follow(t, c, &invite.Meeting{Event: weekly()}, organizer.Object{})
	if _, err := c.Get(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	f.with(func() {
		f.fail = func(string, int) *failure {
			return &failure{fault: true, code: "ErrorServerBusy", text: "Busy", backOff: 1500}
		}
	})
	if _, err := c.Get(t.Context(), last); err == nil {
		t.Fatal("no error")
	}
	for name, body := range f.seeds {
		if err := os.WriteFile("testdata/"+name+".xml", []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"FindItem", "GetItem", "CreateItem", "Fault"} {
		if _, err := os.Stat("testdata/" + name + ".xml"); err != nil {
			t.Error(err)
		}
	}
}
