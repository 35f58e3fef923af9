package mime_test

import (
	"fmt"
	"net/mail"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// nested returns n multiparts, each inside the one before, none closed.
func nested(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%d\n\n--%d\n", i, i)
	}
	return b.String()
}

// numbered returns a list of n different addresses.
func numbered(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d@example.com,", i)
	}
	return b.String()
}

// TestReadHostile reads input made to take long, and checks that limits stop it
// and are named.
func TestReadHostile(t *testing.T) {
	for _, h := range hostileMails() {
		m, err := mime.Read(strings.NewReader(h.in), nil)
		if err != nil {
			t.Errorf("%s: Read: %v", h.name, err)
			continue
		}
		checkLimits(t, h.name, m)
		got := strings.Join(m.Problems, "\n")
		for _, want := range h.problems {
			if !strings.Contains(got, want) {
				t.Errorf("%s: problems = %q, want %q among them", h.name, m.Problems, want)
			}
		}
	}
}

// checkLimits checks that a result is within the default limits.
func checkLimits(t *testing.T, name string, m *mime.Received) {
	t.Helper()
	for what, n := range map[string][2]int{
		"calendars":          {len(m.Calendars), 1000},
		"fields":             {len(m.Header), 1000},
		"problems":           {len(m.Problems), 201},
		"bytes of text":      {len(m.Text), 64 << 10},
		"delivery addresses": {len(m.DeliveredTo), 100},
	} {
		if n[0] > n[1] {
			t.Errorf("%s: %d %s, want at most %d", name, n[0], what, n[1])
		}
	}
}

// TestReadLimits sets each limit low, and reads a mail that is just over it.
func TestReadLimits(t *testing.T) {
	tests := []struct {
		name, in string
		o        mime.ReadOptions
		want     *mime.Received
	}{
		{
			name: "parts",
			in:   "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n--b\nContent-Type: text/calendar\n\n1\n--b\nContent-Type: text/calendar\n\n2\n--b--\n",
			o:    mime.ReadOptions{MaxParts: 2},
			want: &mime.Received{
				Header:    []mime.Field{{Name: "Content-Type", Value: "multipart/mixed; boundary=b"}},
				Calendars: []mime.Part{{MediaType: "text/calendar", Data: []byte("1")}},
				Problems:  []string{"more than 2 parts: the rest is not read"},
			},
		},
		{
			name: "depth, and parts by messages",
			in:   "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nContent-Type: text/calendar\n\n1",
			o:    mime.ReadOptions{MaxDepth: 1},
			want: &mime.Received{
				Header:   []mime.Field{{Name: "Content-Type", Value: "message/rfc822"}},
				Problems: []string{"parts nested deeper than 1 levels are not read"},
			},
		},
		{
			name: "parts by messages",
			in:   "Content-Type: message/rfc822\n\nContent-Type: message/rfc822\n\nContent-Type: text/calendar\n\n1",
			o:    mime.ReadOptions{MaxParts: 1},
			want: &mime.Received{
				Header:   []mime.Field{{Name: "Content-Type", Value: "message/rfc822"}},
				Problems: []string{"more than 1 parts: the rest is not read"},
			},
		},
		{
			name: "fields and their size, not splitting a character",
			in:   "X: öö\n y\nY: 1\nZ: 2\n\nz",
			o:    mime.ReadOptions{MaxFields: 2, MaxFieldSize: 6},
			want: &mime.Received{
				Header: []mime.Field{{Name: "X", Value: "ö"}, {Name: "Y", Value: "1"}},
				Text:   "z",
				Problems: []string{
					"header: field \"X: öö\\n y\\n\" is longer than 6 bytes: cut",
					"header: more than 2 fields: the rest is not read",
				},
			},
		},
		{
			name: "address lists",
			in:   "To: a@example.com, b@example.com\nCc: c@example.com, d@example.com\n",
			o:    mime.ReadOptions{MaxFieldSize: 15},
			want: &mime.Received{
				Header: []mime.Field{{Name: "To", Value: "a@example.c"}, {Name: "Cc", Value: "c@example.c"}},
				To:     []mail.Address{{Address: "a@example.c"}},
				Cc:     []mail.Address{{Address: "c@example.c"}},
				Problems: []string{
					"header: field \"To: a@example.com, b@example.com\\n\" is longer than 15 bytes: cut",
					"header: field \"Cc: c@example.com, d@example.com\\n\" is longer than 15 bytes: cut",
				},
			},
		},
		{
			name: "parameters",
			in:   "Content-Type: text/calendar; a=1; b=2; method=REPLY\n\n1",
			o:    mime.ReadOptions{MaxParams: 2},
			want: &mime.Received{
				Header: []mime.Field{{Name: "Content-Type", Value: "text/calendar; a=1; b=2; method=REPLY"}},
				Calendars: []mime.Part{{MediaType: "text/calendar", Data: []byte("1"),
					Params: map[string]string{"a": "1", "b": "2"}}},
				Problems: []string{"header: Content-Type has more than 2 parameters: the rest is not read"},
			},
		},
		{
			name: "authentication results and their properties",
			in:   "Authentication-Results: x; a=b c=d e=f; g=h; i=j\n",
			o:    mime.ReadOptions{MaxParams: 1},
			want: &mime.Received{
				Header: []mime.Field{{Name: "Authentication-Results", Value: "x; a=b c=d e=f; g=h; i=j"}},
				Auth: []mime.AuthResult{{AuthServID: "x", Method: "a", Value: "b",
					Properties: map[string]string{"c": "d"}}},
				Problems: []string{"header: Authentication-Results has more than 1 results: the rest is not read"},
			},
		},
		{
			name: "text, not splitting a character",
			in:   "Subject: x\n\naöö",
			o:    mime.ReadOptions{MaxText: 4},
			want: &mime.Received{
				Subject: "x", Text: "aö",
				Header:   []mime.Field{{Name: "Subject", Value: "x"}},
				Problems: []string{"text is longer than 4 bytes: cut"},
			},
		},
		{
			name: "recipients of a report",
			in:   "Content-Type: message/delivery-status\n\nAction: failed\n\nAction: delayed\n",
			o:    mime.ReadOptions{MaxParts: 1},
			want: &mime.Received{
				ReportType: "delivery-status",
				Header:     []mime.Field{{Name: "Content-Type", Value: "message/delivery-status"}},
				Report: &mime.DeliveryReport{Recipients: []mime.DeliveryStatus{
					{Action: "failed", Fields: []mime.Field{{Name: "Action", Value: "failed"}}}}},
				Problems: []string{"report on more than 1 recipients: the rest is not read"},
			},
		},
		{
			name: "groups of a report",
			in:   "Content-Type: message/delivery-status\n\nX: 1\n\nX: 2\n\nX: 3\n",
			o:    mime.ReadOptions{MaxParts: 1},
			want: &mime.Received{
				ReportType: "delivery-status",
				Header:     []mime.Field{{Name: "Content-Type", Value: "message/delivery-status"}},
				Report:     &mime.DeliveryReport{Fields: []mime.Field{{Name: "X", Value: "1"}, {Name: "X", Value: "2"}}},
				Problems:   []string{"report of more than 2 groups of fields: the rest is not read"},
			},
		},
		{
			name: "recipients of a bounce without a report",
			in:   "X-Failed-Recipients: a@example.com, b@example.com\n",
			o:    mime.ReadOptions{MaxParts: 1},
			want: &mime.Received{
				Header:   []mime.Field{{Name: "X-Failed-Recipients", Value: "a@example.com, b@example.com"}},
				Report:   &mime.DeliveryReport{Recipients: []mime.DeliveryStatus{{FinalRecipient: "a@example.com", Action: "failed"}}, Prose: true, Doubt: "its header does not show that a server wrote it"},
				Problems: []string{"report on more than 1 recipients: the rest is not read"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := mime.Read(strings.NewReader(test.in), &test.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Read (-want +got):\n%s", diff)
			}
		})
	}
}

// TestReadAddressLimit reads more address lists than a mail may have.
func TestReadAddressLimit(t *testing.T) {
	m := readString(t, strings.Repeat("To: "+numbered(4000)+"\n", 5))
	want := "header: address lists of more than 262144 bytes: the rest is not read"
	if n := len(m.Problems); m.Problems[n-1] != want || len(m.To) > 16000 {
		t.Errorf("%d addresses, last problem %q, want %q", len(m.To), m.Problems[n-1], want)
	}
}

// TestReadProblems has more problems than are listed.
func TestReadProblems(t *testing.T) {
	var b strings.Builder
	for i := range 150 {
		fmt.Fprintf(&b, "%d\n", i)
		fmt.Fprintf(&b, "X: %0100d\n", i)
	}
	m, err := mime.Read(strings.NewReader(b.String()), &mime.ReadOptions{MaxFieldSize: 50})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(m.Problems); n != 102 || m.Problems[n-1] != "further problems are not listed" {
		t.Errorf("%d problems, the last %q", n, m.Problems[n-1])
	}
}
