package ews

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse checks that no response makes the parser fail in another way than with an
// error, and that an entry that is read can be written.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		f.Fatalf("no responses in testdata: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, op := range []string{"GetItem", "FindItem", "FindFolder"} {
			r, err := parse(op, &reply{status: http.StatusOK, header: http.Header{}, body: data})
			if err != nil {
				if strings.ContainsAny(err.Error(), "\r\x00") {
					t.Errorf("the error has control characters: %q", err)
				}
				continue
			}
			for n := range r.messages {
				_ = r.messages[n].err(op)
				for k := range r.messages[n].Items.List {
					checkItem(t, &r.messages[n].Items.List[k])
				}
			}
		}
	})
}

// checkItem writes and reads the entry of an item, if it has one.
func checkItem(t *testing.T, i *item) {
	e, err := i.entry("u-1@convene.example")
	if err != nil {
		return
	}
	o, err := e.object()
	if err != nil {
		return
	}
	if _, err := meeting(o); err != nil && !e.event.Floating && e.event.RecurrenceID.IsZero() && !strings.Contains(err.Error(), "address") {
		t.Errorf("the entry cannot be read again: %v\n%s", err, o.Data)
	}
	if _, err := (change{version: VersionExchange2016, was: e.event, want: e.event, zone: e.zone}).updates(); err != nil && !strings.Contains(err.Error(), "patterns") {
		t.Errorf("the entry has no updates: %v", err)
	}
}
