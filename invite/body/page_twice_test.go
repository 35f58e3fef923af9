package body_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// TestTwice: while Thunderbird's own table is open, its reader does not see the
// description and the people a second time. A row with changes or answers stays.
func TestTwice(t *testing.T) {
	reader := meeting(t).Attendees[0]
	changed := &body.View{Event: meeting(t), Before: meeting(t), Action: body.ActionUpdate, Attendee: reader}
	changed.Before.Attendees = changed.Before.Attendees[1:]
	answered := &body.View{Event: meeting(t), Action: body.ActionReminder, Attendee: reader}
	answered.Event.Attendees[0].Status = ical.StatusAccepted
	for _, tt := range []struct {
		name    string
		view    *body.View
		options *body.Options
		want    []string
	}{
		{"invitation", &body.View{Event: meeting(t), Attendee: reader}, nil, []string{"Organizer", "Attendees", "Optional"}},
		{"hidden guests", &body.View{Event: meeting(t), Attendee: reader, HideGuests: true}, nil, []string{"Organizer"}},
		{"a new attendee", changed, nil, []string{"Organizer", "Optional"}},
		{"answers", answered, &body.Options{ShowAnswers: true}, []string{"Organizer"}},
		{"cancellation", &body.View{Event: meeting(t), Method: ical.MethodCancel, Attendee: reader}, nil, nil},
		{"answer", &body.View{Event: meeting(t), Method: ical.MethodReply, Attendee: reader, Status: ical.StatusAccepted}, nil, nil},
	} {
		doc := render(t, newRenderer(t, tt.options), tt.view).HTML
		if !strings.Contains(doc, "<style>#imipHTMLDetails[open]~.page .line{display:none}</style>") {
			t.Errorf("%s: the rule for Thunderbird is missing", tt.name)
		}
		root, err := html.Parse(strings.NewReader(doc))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		description := false
		for n := range root.Descendants() {
			if !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool {
				return a.Key == "class" && slices.Contains(strings.Fields(a.Val), "line")
			}) {
				continue
			}
			if n.Data == "tr" {
				got = append(got, n.FirstChild.FirstChild.Data)
			}
			description = description || n.Data == "div"
		}
		if !slices.Equal(got, tt.want) || !description {
			t.Errorf("%s: rows %q, want %q; description %t", tt.name, got, tt.want, description)
		}
	}
}
