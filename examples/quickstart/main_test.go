package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite"
)

func TestRun(t *testing.T) {
	keep := filepath.Join(t.TempDir(), "invite.eml")
	var out bytes.Buffer
	if err := run(context.Background(), &out, keep); err != nil {
		t.Fatal(err)
	}
	want := `REQUEST to bob@example.test: delivered
REQUEST to zoe@example.test: delivered

The mail to Bob, now in ` + keep + `:

From: Room desk <desk@example.com>
To: Bob Example <bob@example.test>
Subject: Invitation: Quarterly review
multipart/mixed
  multipart/alternative
    text/plain
    text/html
    text/calendar; method=REQUEST
  application/ics

BEGIN:VCALENDAR
METHOD:REQUEST
`
	// The meeting begins a week from now, and the subject says when.
	got := regexp.MustCompile(`(?m)^(Subject: Invitation: Quarterly review), \w{3} \w{3} \d+, \d+:00 [AP]M$`).ReplaceAllString(out.String(), "$1")
	if !strings.HasPrefix(got, want) || !strings.HasSuffix(got, "END:VCALENDAR\n") || strings.Contains(got, "\r") {
		t.Errorf("run printed\n%s\nwant it to begin with\n%s", got, want)
	}
	file, err := os.Open(keep)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in, err := invite.Read(file, nil)
	if err != nil || in.Kind != invite.KindRequest || in.Event.Attendees[0].Email != "bob@example.test" {
		t.Errorf("Read(invite.eml) = %+v, %v, want the request to bob", in, err)
	}
}

func TestRunCannotWrite(t *testing.T) {
	err := run(context.Background(), new(bytes.Buffer), filepath.Join(t.TempDir(), "missing", "invite.eml"))
	if !os.IsNotExist(err) {
		t.Errorf("run = %v, want the error of the file", err)
	}
}

func TestRunCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := run(ctx, new(bytes.Buffer), filepath.Join(t.TempDir(), "invite.eml")); err == nil {
		t.Error("run with a cancelled context does not fail")
	}
}

// TestMainWrites runs the program as it is.
func TestMainWrites(t *testing.T) {
	t.Chdir(t.TempDir())
	main()
	if mail, err := os.ReadFile("invite.eml"); err != nil || !bytes.Contains(mail, []byte("To: Bob Example <bob@example.test>")) {
		t.Errorf("invite.eml = %s, %v, want the mail to Bob", mail, err)
	}
}

func TestShowNoMail(t *testing.T) {
	for _, in := range []string{"", "no header", "From: a@example.test\r\nContent-Type: ;\r\n\r\n",
		"Subject: =?x?q?a?=\r\n\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: ;\r\n\r\n--b--\r\n", "Content-Type: text/plain\r\n\r\nno calendar\r\n"} {
		if err := show(new(bytes.Buffer), []byte(in)); err == nil {
			t.Errorf("show(%q) does not fail", in)
		}
	}
}
