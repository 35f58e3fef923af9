package ical_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// TestWithoutUnsafeLinks puts links that Validate refuses into every field that can
// hold one. Without them the event is valid, and nothing else is changed.
func TestWithoutUnsafeLinks(t *testing.T) {
	good := meeting()
	good.Recurrence = &ical.Recurrence{Freq: ical.FreqDaily, Count: 5}
	good.URL = "https://example.test/page"
	good.Attachments = []ical.Link{{URL: "data:text/plain,x"}, {URL: "https://example.test/a.pdf"}}
	good.Extra = []ical.Property{{Name: "X-ROOM", Value: "7", Params: map[string][]string{"X-FLOOR": {"2"}}}}
	good.Attendees[0].Params = map[string][]string{"X-NUM": {"0"}}
	good.Overrides = []ical.Event{
		{RecurrenceID: good.Start.AddDate(0, 0, 1), Summary: "Elsewhere", Absent: []string{"url"}},
		{RecurrenceID: good.Start.AddDate(0, 0, 2), Cancelled: true},
		{RecurrenceID: good.Start.AddDate(0, 0, 3), URL: "https://example.test/other"},
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	bad := good.Clone()
	bad.Conference = "JAVA%53CRIPT:alert(1)"
	bad.Attachments = slices.Insert(bad.Attachments, 1, ical.Link{URL: "file:///etc/passwd"})
	bad.Extra = append(bad.Extra, ical.Property{Name: "X-GOOGLE-CONFERENCE", Value: "vbscript:x"},
		ical.Property{Name: "X-ALT-DESC", Value: "<a href='javascript:y'>z</a>", Params: map[string][]string{"FMTTYPE": {"text/html"}}})
	bad.Extra[0].Params["ALTREP"] = []string{"smb://host/share"}
	bad.Attendees[0].Params["DIR"] = []string{"data:text/html,x"}
	bad.Overrides[0].URL, bad.Overrides[0].Absent = `\\host\share`, nil
	bad.Overrides[1].URL = "javascript:1"
	if len(ical.FieldErrors(bad.Validate())) != 8 {
		t.Fatalf("Validate = %v, want an error for each link", bad.Validate())
	}
	before := bad.Clone()
	got, dropped := bad.WithoutUnsafeLinks()
	if diff := cmp.Diff(good, got); diff != "" {
		t.Errorf("WithoutUnsafeLinks differs (-want +got):\n%s", diff)
	}
	want := []string{"JAVA%53CRIPT:alert(1)", "data:text/html,x", "file:///etc/passwd", "smb://host/share", "vbscript:x",
		"<a href='javascript:y'>z</a>", `\\host\share`, "javascript:1"}
	if diff := cmp.Diff(want, dropped); diff != "" {
		t.Errorf("the links left out differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, bad); diff != "" {
		t.Errorf("the event itself was changed:\n%s", diff)
	}
	if same, none := good.WithoutUnsafeLinks(); len(none) > 0 || !cmp.Equal(same, good) {
		t.Errorf("without a refused link, %q were left out", none)
	}
}
