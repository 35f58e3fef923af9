package invite_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// partstat finds an attendee and their answer in an unfolded object.
var partstat = regexp.MustCompile(`ATTENDEE;.*PARTSTAT=([A-Z-]+).*:mailto:([a-z]+)@`)

// TestTellWhoComes tells named attendees who comes. They get the request again with the
// current answers of all, and nobody else gets a mail. Hidden guests stay hidden.
func TestTellWhoComes(t *testing.T) {
	for _, hide := range []bool{false, true} {
		s := new(recorder)
		c := s.client()
		var opts []invite.SendOption
		if hide {
			opts = append(opts, invite.HideGuests())
		}
		m := mustSend(t, c, trio(), opts...)
		m = said(t, said(t, m, "ann@example.test", ical.StatusAccepted), "cy@example.test", ical.StatusDeclined)
		s.take()
		m = must(t)(c.Remind(t.Context(), m, invite.OnlyTo("ann@example.test", "bob@example.test"), invite.Comment("One comes.")))
		if len(s.mails) != 2 || m.Event.Sequence != 0 {
			t.Fatalf("%d mails, sequence %d", len(s.mails), m.Event.Sequence)
		}
		for i, want := range []string{"ann ACCEPTED, bob NEEDS-ACTION, cy DECLINED", "ann ACCEPTED, bob NEEDS-ACTION, cy DECLINED"} {
			if hide {
				want = []string{"ann ACCEPTED", "bob NEEDS-ACTION"}[i]
			}
			p := parseMail(t, s.mails[i].Data)
			var got []string
			for _, line := range unfold(p.calendar(t)) {
				if x := partstat.FindStringSubmatch(line); x != nil {
					got = append(got, x[2]+" "+x[1])
				}
			}
			if text := strings.Join(got, ", "); text != want {
				t.Errorf("hidden %t, mail %d: %s, want %s", hide, i, text, want)
			}
			if text := string(p.of("text/plain")[0].data); !strings.Contains(text, "One comes.") {
				t.Errorf("no comment in %s", text)
			}
		}
		if m.Status("ann@example.test") != ical.StatusAccepted || m.Status("cy@example.test") != ical.StatusDeclined {
			t.Error("answers are lost")
		}
	}
}
