package invite_test

import (
	"net/textproto"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// headerOf is an option that sets Header.
func headerOf(list ...mime.Field) func(*invite.Options) {
	return func(o *invite.Options) { o.Header = list }
}

// TestHeader sends every kind of mail with the fields of a provider. They are in each,
// and the fields of the library are as without them.
func TestHeader(t *testing.T) {
	long := "<mailto:leave@example.test?subject=leave>, <https://example.test/leave?x=" + strings.Repeat("y", 200) + ">"
	header := []mime.Field{
		{Name: "X-SES-CONFIGURATION-SET", Value: "meetings"},
		{Name: "Feedback-ID", Value: "1:meetings:convene:example"},
		{Name: "List-Unsubscribe", Value: long},
		{Name: "List-Unsubscribe-Post", Value: "List-Unsubscribe=One-Click"},
		{Name: "X-Mailgun-Tag", Value: "one"},
		{Name: "X-Mailgun-Tag", Value: "two"},
		{Name: "X-Words", Value: strings.TrimSpace(strings.Repeat("word ", 60))},
	}
	plain, with := new(recorder), new(recorder)
	for s, fields := range map[*recorder][]mime.Field{plain: nil, with: header} {
		c := s.client(headerOf(fields...))
		m := mustSend(t, c, trio())
		m = must(t)(c.RemindStart(t.Context(), m, time.Time{}, []string{"ann@example.test"}))
		m = must(t)(c.Cancel(t.Context(), m, invite.QueueOnly()))
		must(t)(c.Resume(t.Context(), m))
		in := readMail(t, s.mails[0].Data)
		if err := c.Respond(t.Context(), in, invite.Response{As: "ann@example.test", Status: ical.StatusAccepted}); err != nil {
			t.Fatal(err)
		}
	}
	for i, m := range with.mails {
		p, was := parseMail(t, m.Data), parseMail(t, plain.mails[i].Data)
		for _, f := range header {
			if got := p.header[textproto.CanonicalMIMEHeaderKey(f.Name)]; !slices.Contains(got, f.Value) {
				t.Errorf("mail %d: %s is %q, want %q", i, f.Name, got, f.Value)
			}
		}
		for name, want := range was.header {
			if got := p.header[name]; name != "Message-Id" && name != "Content-Type" && !slices.Equal(got, want) {
				t.Errorf("mail %d: %s is %q, want %q", i, name, got, want)
			}
		}
		if err := m.Validate(); err != nil {
			t.Error(err)
		}
		head, _, _ := strings.Cut(string(m.Data), "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			if len(line) > 300 {
				t.Errorf("mail %d has a line of %d octets", i, len(line))
			}
		}
	}
}

// TestHeaderBad has fields that no mail may have. Every call fails before anything is sent.
func TestHeaderBad(t *testing.T) {
	field := func(name, value string) []mime.Field {
		return []mime.Field{{Name: "X-Good", Value: "x"}, {Name: name, Value: value}}
	}
	one := "List-Unsubscribe=One-Click"
	tests := []struct {
		name   string
		fields []mime.Field
		want   string
	}{
		{"no name", field("", "x"), "Options.Header[1].Name: is empty"},
		{"colon", field("X:", "x"), "Options.Header[1].Name: holds a character"},
		{"space", field("X A", "x"), "Options.Header[1].Name: holds a character"},
		{"line break in the name", field("X\r\nBcc", "x"), "Options.Header[1].Name: holds a character"},
		{"no value", field("X", " "), "Options.Header[1].Value: is empty"},
		{"line break", field("X", "x\r\nBcc: eve@example.test"), "Options.Header[1].Value: control character U+000D"},
		{"folded by hand", field("X", "x\r\n y"), "Options.Header[1].Value: control character U+000D"},
		{"NUL", field("X", "x\x00"), "Options.Header[1].Value: control character U+0000"},
		{"long word", field("X", strings.Repeat("x", 901)), "Options.Header[1].Value: holds a word of more than 900 octets"},
		{"invalid UTF-8", field("X", "\xff"), "Options.Header[1].Value: invalid UTF-8"},
		{"too many", slices.Repeat(field("X", "x"), 26), "Options.Header: has 52 fields"},
		{"too large", slices.Repeat(field("X", strings.Repeat("x ", 450)), 20), "Options.Header: has 40 fields with"},
		{"From", field("From", "x"), "Options.Header[1].Name: From cannot be set here"},
		{"to", field("to", "x"), "Options.Header[1].Name: to cannot be set here"},
		{"Cc", field("Cc", "x"), "Options.Header[1].Name: Cc cannot"},
		{"Bcc", field("Bcc", "x"), "Options.Header[1].Name: Bcc cannot"},
		{"Sender", field("Sender", "x"), "Options.Header[1].Name: Sender cannot"},
		{"Reply-To", field("Reply-To", "x"), "Options.Header[1].Name: Reply-To cannot"},
		{"Subject", field("Subject", "x"), "Options.Header[1].Name: Subject cannot"},
		{"Date", field("Date", "x"), "Options.Header[1].Name: Date cannot"},
		{"Message-ID", field("Message-ID", "x"), "Options.Header[1].Name: Message-ID cannot"},
		{"In-Reply-To", field("In-Reply-To", "x"), "Options.Header[1].Name: In-Reply-To cannot"},
		{"References", field("References", "x"), "Options.Header[1].Name: References cannot"},
		{"MIME-Version", field("MIME-Version", "1.0"), "Options.Header[1].Name: MIME-Version cannot"},
		{"Content-Type", field("Content-Type", "text/html"), "Options.Header[1].Name: Content-Type cannot"},
		{"Content-Class", field("content-class", "x"), "Options.Header[1].Name: content-class cannot"},
		{"Auto-Submitted", field("Auto-Submitted", "no"), "Options.Header[1].Name: Auto-Submitted cannot"},
		{"DKIM-Signature", field("DKIM-Signature", "v=1"), "Options.Header[1].Name: DKIM-Signature cannot"},
		{"ARC", field("ARC-Seal", "i=1"), "Options.Header[1].Name: ARC-Seal cannot"},
		{"Authentication-Results", field("Authentication-Results", "x"), "Options.Header[1].Name: Authentication-Results cannot"},
		{"Received", field("Received", "x"), "Options.Header[1].Name: Received cannot"},
		{"Return-Path", field("Return-Path", "<>"), "Options.Header[1].Name: Return-Path cannot"},
		{"Resent-To", field("Resent-To", "x"), "Options.Header[1].Name: Resent-To cannot"},
		{"link without brackets", field("List-Unsubscribe", "https://example.test"), `Options.Header[1].Value: "https://example.test" is not a link in angle brackets`},
		{"link of another kind", field("List-Unsubscribe", "<javascript:x>"), `Options.Header[1].Value: "javascript:x" is neither`},
		{"Post alone", field("List-Unsubscribe-Post", one), "Options.Header[1].Name: List-Unsubscribe-Post needs"},
		{"Post without https", append(field("List-Unsubscribe", "<mailto:a@example.test>"), mime.Field{Name: "List-Unsubscribe-Post", Value: one}), "Options.Header[2].Name: List-Unsubscribe-Post needs"},
		{"other Post", append(field("List-Unsubscribe", "<https://example.test/a>"), mime.Field{Name: "List-Unsubscribe-Post", Value: "x"}), "Options.Header[2].Value: is not List-Unsubscribe=One-Click"},
		{"list field twice", append(field("List-Id", "a"), mime.Field{Name: "list-id", Value: "b"}), "Options.Header[2].Name: list-id occurs twice"},
	}
	was := mustSend(t, new(recorder).client(), trio())
	in := readMail(t, send(t, trio())[0].Data)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			c := s.client(headerOf(tt.fields...))
			_, sent := c.Send(t.Context(), trio())
			_, planned := c.PlanSend(trio())
			_, cancelled := c.Cancel(t.Context(), was)
			_, resumed := c.Resume(t.Context(), pendingAgain(t, was))
			responded := c.Respond(t.Context(), in, invite.Response{As: "ann@example.test", Status: ical.StatusAccepted})
			for call, err := range map[string]error{"Send": sent, "PlanSend": planned, "Cancel": cancelled, "Resume": resumed, "Respond": responded} {
				if err == nil || !strings.Contains(err.Error(), tt.want) || len(ical.FieldErrors(err)) == 0 {
					t.Errorf("%s = %v, want %q", call, err, tt.want)
				}
			}
			if len(s.mails) > 0 {
				t.Errorf("%d mails were sent", len(s.mails))
			}
		})
	}
}

// pendingAgain returns a copy of a meeting whose mails are pending.
func pendingAgain(t *testing.T, m *invite.Meeting) *invite.Meeting {
	out := reload(t, m)
	for i := range out.Deliveries {
		out.Deliveries[i].State = invite.DeliveryPending
	}
	return out
}
