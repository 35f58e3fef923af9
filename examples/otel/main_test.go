package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// TestRun checks the spans and the figures of the program.
func TestRun(t *testing.T) {
	spans, figures, err := run(t.Context(), filepath.Join(t.TempDir(), "meetings.db"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"convene.answers held=false verdict=applied via=mail 1",
		"convene.held 0",
		"convene.mail.sending state=delivered 2",
		"convene.mail.sending state=refused 1",
		"convene.mail.waiting method=REQUEST 3",
		"convene.mails method=REQUEST state=delivered 2",
		"convene.mails method=REQUEST state=refused 1",
		"convene.queue.age 0",
		"convene.queue.due 0",
		"convene.unknown 0",
	}
	if got := figuresOf(figures); !slices.Equal(got, want) {
		t.Errorf("the figures are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	checkSpans(t, spans)
	var out bytes.Buffer
	printSpans(&out, spans)
	printFigures(&out, figures)
	if n := strings.Count(out.String(), "\n"); n != len(spans)+len(want) {
		t.Errorf("%d lines, want %d:\n%s", n, len(spans)+len(want), &out)
	}
}

func checkSpans(t *testing.T, spans tracetest.SpanStubs) {
	of := make(map[string][]tracetest.SpanStub)
	for _, s := range spans {
		of[s.Name] = append(of[s.Name], s)
		if data, err := json.Marshal(s); err != nil || bytes.Contains(data, []byte("ann@")) || bytes.Contains(data, []byte("cy@")) {
			t.Errorf("a span has an address: %s, %v", data, err)
		}
	}
	isBelow := func(s, parent tracetest.SpanStub) bool {
		return s.Parent.SpanID() == parent.SpanContext.SpanID() &&
			!s.StartTime.Before(parent.StartTime) && !s.EndTime.After(parent.EndTime)
	}
	for name, parent := range map[string]string{"convene.plan": "POST /bookings", "convene.send": "work", "convene.apply": "inbox"} {
		if len(of[name]) == 0 || len(of[parent]) != 1 || !isBelow(of[name][0], of[parent][0]) {
			t.Errorf("the first span %s is not below the span %s", name, parent)
		}
	}
	id := func(s tracetest.SpanStub) string {
		for _, a := range s.Attributes {
			if a.Key == "messageId" {
				return a.Value.AsString()
			}
		}
		return ""
	}
	for _, s := range of["convene.send"] {
		same := func(r tracetest.SpanStub) bool { return id(r) == id(s) && isBelow(r, of["POST /bookings"][0]) }
		if id(s) == "" || !slices.ContainsFunc(of["convene.render"], same) {
			t.Errorf("the mail %q was not made by the request", id(s))
		}
	}
	failed := slices.DeleteFunc(of["convene.send"], func(s tracetest.SpanStub) bool { return s.Status.Code != codes.Error })
	if len(failed) != 1 || failed[0].Status.Description != "refused" {
		t.Errorf("spans with an error: %v", failed)
	}
}
