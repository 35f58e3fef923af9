package invite_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// planCase is a file of testdata/plan. The README there describes the sections.
type planCase struct {
	path     string
	sections map[string]string
	order    []string
}

// TestPlanCases plans the changes in testdata/plan, and compares the plans with the
// section "want". The flag -update rewrites that section.
func TestPlanCases(t *testing.T) {
	paths, err := filepath.Glob("../testdata/plan/*.txt")
	if err != nil || len(paths) < 60 {
		t.Fatalf("%d cases, %v, want at least 60", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			c := readCase(t, path)
			got := c.plan(t)
			if flag.Lookup("update").Value.String() == "true" {
				c.rewrite(t, got)
				return
			}
			if diff := cmp.Diff(strings.Split(c.sections["want"], "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("%s(-want +got):\n%s", c.sections[""], diff)
			}
		})
	}
}

// readCase reads the sections of a file. The section "" is the text above the first.
func readCase(t *testing.T, path string) *planCase {
	t.Helper()
	data := readFile(t, path)
	c := &planCase{path: path, sections: make(map[string]string)}
	name := ""
	for line := range strings.Lines(string(data)) {
		if head := strings.TrimSpace(line); strings.HasPrefix(head, "-- ") && strings.HasSuffix(head, " --") {
			name = strings.Trim(head, "- ")
			c.order = append(c.order, name)
			continue
		}
		c.sections[name] += line
	}
	if !strings.HasPrefix(c.sections[""], "# ") || c.sections["base"] == "" {
		t.Fatalf("%s begins with no comment, or has no section base", path)
	}
	return c
}

func (c *planCase) rewrite(t *testing.T, want string) {
	t.Helper()
	c.sections["want"] = want
	var b strings.Builder
	b.WriteString(c.sections[""])
	for _, name := range c.order {
		fmt.Fprintf(&b, "-- %s --\n%s", name, c.sections[name])
	}
	if err := os.WriteFile(c.path, []byte(b.String()), 0o644); err != nil {
		t.Fatal(err)
	}
}

// plan returns the lines of the section "want":
//
//   - one for each notice, as "invitectl plan" prints it;
//   - one for each attendee who gets no mail, with the reason;
//   - the answers after the call.
func (c *planCase) plan(t *testing.T) string {
	base := c.json(t, "base")
	before := merge(base, c.json(t, "before"))
	stored := merge(map[string]any{"format": 1.0, "event": before}, c.json(t, "meeting"))
	m := new(invite.Meeting)
	if err := json.Unmarshal(encode(t, stored), m); err != nil {
		return errorLine(err)
	}
	var after ical.Event
	if err := json.Unmarshal(encode(t, merge(before, c.json(t, "after"))), &after); err != nil {
		t.Fatal(err)
	}
	p, then, err := c.call(t, m, after)
	if err != nil {
		return errorLine(err)
	}
	var b strings.Builder
	describe(&b, p, then)
	return b.String()
}

// call makes the plan of the call in the section "call", which is an update if the
// section does not exist. then are the meetings after the call.
func (c *planCase) call(t *testing.T, m *invite.Meeting, after ical.Event) (p *invite.Plan, then []*invite.Meeting, err error) {
	t.Helper()
	var call struct {
		Call             string
		Occurrence, From time.Time
	}
	if err := json.Unmarshal(encode(t, c.json(t, "call")), &call); err != nil {
		t.Fatal(err)
	}
	client, meeting, mail := c.options(t)
	m.HideGuests, m.OneMail = meeting.HideGuests, meeting.OneMail
	ctx := context.Background()
	var old, rest *invite.Meeting
	switch call.Call {
	case "cancel":
		opts := []invite.CancelOption{mail, invite.QueueOnly()}
		if !call.Occurrence.IsZero() {
			opts = append(opts, invite.Occurrence(call.Occurrence))
		}
		if !call.From.IsZero() {
			opts = append(opts, invite.OccurrenceAndLater(call.From))
		}
		p, err = client.PlanCancel(m, opts...)
		old, _ = client.Cancel(ctx, m, opts...)
	case "following":
		p, err = client.PlanUpdateFollowing(m, call.From, after, mail)
		old, rest, _ = client.UpdateFollowing(ctx, m, call.From, after, mail, invite.QueueOnly())
	default:
		p, err = client.PlanUpdate(m, after, mail)
		old, _ = client.Update(ctx, m, after, mail, invite.QueueOnly())
	}
	if rest == nil {
		return p, []*invite.Meeting{old}, err
	}
	return p, []*invite.Meeting{old, rest}, err
}

// options returns the client, the options of the meeting and the option of the call.
func (c *planCase) options(t *testing.T) (*invite.Client, *invite.Meeting, invite.MailOption) {
	t.Helper()
	var in struct {
		Levels                                                map[string]string
		TellAll, TellDeclined, HideGuests, OneMail, AllowPast bool
		Now                                                   time.Time
	}
	dec := json.NewDecoder(bytes.NewReader(encode(t, c.json(t, "options"))))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&in); err != nil {
		t.Fatal(err)
	}
	o := fixed()
	o.TellDeclined = in.TellDeclined
	if !in.Now.IsZero() {
		o.Now = func() time.Time { return in.Now }
	}
	for name, word := range in.Levels {
		if o.Levels == nil {
			o.Levels = make(invite.Levels)
		}
		for _, level := range []invite.Level{invite.LevelSilent, invite.LevelMinor, invite.LevelMajor} {
			if level.String() == word {
				o.Levels[name] = level
			}
		}
	}
	mail := invite.AllowLint()
	switch {
	case in.TellAll:
		mail = invite.TellAll()
	case in.AllowPast:
		mail = invite.AllowPast()
	}
	return invite.New(nil, o), &invite.Meeting{HideGuests: in.HideGuests, OneMail: in.OneMail}, mail
}

// describe writes a plan, and the answers after the call, in lines of JSON.
func describe(b *strings.Builder, p *invite.Plan, then []*invite.Meeting) {
	if e := p.Rest; e != nil {
		b.WriteString(marshal(map[string]any{"new": map[string]any{"start": e.Start, "count": e.Recurrence.Count, "except": len(e.Recurrence.Except), "overrides": len(e.Overrides)}}))
	}
	for _, n := range p.Notices {
		b.WriteString(marshal(struct {
			To       string      `json:"to"`
			Method   ical.Method `json:"method"`
			Sequence int         `json:"sequence"`
			Reason   string      `json:"reason"`
		}{n.Attendee.Email, n.Method, n.Sequence, n.Reason}))
	}
	for _, n := range p.Skipped {
		b.WriteString(marshal(struct {
			Skipped string `json:"skipped"`
			Reason  string `json:"reason"`
		}{n.Attendee.Email, n.Reason}))
	}
	for _, m := range then {
		b.WriteString(marshal(map[string][]string{"answers": answersOf(m)}))
	}
}

// answersOf returns the status of each attendee in the whole meeting, and in each
// occurrence in which a status differs.
func answersOf(m *invite.Meeting) []string {
	list := answers(m.Attendees(time.Time{}))
	var dates []time.Time
	for _, o := range m.Event.Overrides {
		dates = append(dates, o.RecurrenceID)
	}
	for _, a := range m.Answers {
		dates = append(dates, a.RecurrenceID)
	}
	for _, r := range m.Revisions {
		dates = append(dates, r.RecurrenceID)
	}
	slices.SortFunc(dates, time.Time.Compare)
	for _, id := range slices.CompactFunc(dates, time.Time.Equal) {
		if s := answers(m.Attendees(id)); len(s) > 0 && !slices.Equal(s, answers(m.Attendees(time.Time{}))) {
			list = append(list, "on "+id.Format(time.DateOnly)+": "+strings.Join(s, ", "))
		}
	}
	return list
}

func answers(list []ical.Attendee) []string {
	out := []string{}
	for _, a := range list {
		name, _, _ := strings.Cut(a.Email, "@")
		out = append(out, name+" "+string(a.Status))
	}
	return out
}

func errorLine(err error) string {
	return marshal(map[string]string{"error": err.Error()})
}

// marshal returns v in JSON, with < and > unescaped.
func marshal(v any) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		panic(err)
	}
	return b.String()
}

// json reads a section as an object. The section "base" names a file.
func (c *planCase) json(t *testing.T, section string) map[string]any {
	t.Helper()
	text := c.sections[section]
	if section == "base" {
		text = string(readFile(t, filepath.Join(filepath.Dir(c.path), "base-"+strings.TrimSpace(text)+".json")))
	}
	out := make(map[string]any)
	if text == "" {
		return out
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%s: %s: %v", c.path, section, err)
	}
	return out
}

// merge applies a JSON merge patch (RFC 7396).
func merge(target, patch map[string]any) map[string]any {
	out := make(map[string]any)
	for name, v := range target {
		out[name] = v
	}
	for name, v := range patch {
		inner, isObject := v.(map[string]any)
		old, _ := out[name].(map[string]any)
		switch {
		case v == nil:
			delete(out, name)
		case isObject:
			out[name] = merge(old, inner)
		default:
			out[name] = v
		}
	}
	return out
}
