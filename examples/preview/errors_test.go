package main

import (
	"bytes"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMailOfBrokenEvent: the frame of a mail says why there is none.
func TestMailOfBrokenEvent(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(broken, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	empty := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(empty, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{broken: "event.json: unexpected end", "none.json": "none.json", empty: "ical: "} {
		w := get(t, (&source{event: path}).handler(), "/mail.html?lang=en&action=invitation")
		if w.Code != http.StatusInternalServerError || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: GET /mail.html = %d %q, want 500 with %q", path, w.Code, w.Body, want)
		}
	}
}

// TestRunTaken: an address that another program has is an error.
func TestRunTaken(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	var out bytes.Buffer
	err = run([]string{"-addr", l.Addr().String(), "testdata/event.json"}, &out)
	if err == nil || !strings.Contains(err.Error(), "in use") || out.Len() > 0 {
		t.Errorf("run = %v and printed %q, want that the address is in use", err, &out)
	}
}

// TestHelp: the program that is asked for help ends without an error.
func TestHelp(t *testing.T) {
	args := os.Args
	defer func() { os.Args = args }()
	os.Args = []string{"preview", "-h"}
	main()
}
