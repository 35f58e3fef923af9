package roster_test

import (
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
)

// said is a change of [weekly] that gives ann a status.
func said(a ical.Attendee) func(*ical.Event) {
	return func(e *ical.Event) { e.Attendees[0] = a }
}

// TestSpoken reads the answers that the organizer gives in ann's name at 9:30.
func TestSpoken(t *testing.T) {
	word := roster.Answer{Email: ann, Status: accepted, Stamp: stamp(30), Via: roster.ViaOrganizer}
	with := func(change func(*roster.Answer)) []roster.Answer {
		a := word
		change(&a)
		return []roster.Answer{a}
	}
	tests := []struct {
		name string
		r    roster.Record
		e    *ical.Event
		want []roster.Answer
	}{
		{"a new status is an answer", roster.Record{}, weekly(said(ical.Attendee{Email: ann, Status: accepted, Comment: "by phone"})),
			with(func(a *roster.Answer) { a.Comment = "by phone" })},
		{"the status that counts already says nothing",
			roster.Record{Given: []*roster.Answer{yes(0, stamp(0))}}, weekly(said(person(ann, accepted))), nil},
		{"no status takes nothing back",
			roster.Record{Given: []*roster.Answer{yes(0, stamp(0))}}, weekly(said(person(ann, needsAction))), nil},
		{"the organizer's own status is no answer", roster.Record{}, weekly(said(person(desk, accepted))), nil},
		{"it is about the current version",
			roster.Record{Revised: 3}, weekly(said(person(ann, accepted))), with(func(a *roster.Answer) { a.Sequence = 3 })},
		{"it comes after the answer so far, whatever the clocks say",
			roster.Record{Given: []*roster.Answer{no(2, stamp(45))}}, weekly(said(person(ann, accepted))),
			with(func(a *roster.Answer) { a.Sequence, a.Stamp = 2, stamp(45) })},
		{"a status in an override is an answer to the occurrence", roster.Record{}, weekly(override(1, person(ann, accepted))),
			with(func(a *roster.Answer) { a.RecurrenceID = week(1) })},
		{"a status that equals the answer to the series is none",
			roster.Record{}, weekly(said(person(ann, accepted)), override(1, person(ann, accepted))), []roster.Answer{word}},
		{"a cancelled occurrence is not answered", roster.Record{}, weekly(cancelled(1, person(ann, accepted))), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Event = weekly()
			check(t, "Spoken", tt.want, tt.r.OrganizerAnswers(tt.e, stamp(30)))
		})
	}
}

func TestImported(t *testing.T) {
	tests := []struct {
		name string
		r    roster.Record
		want []roster.Answer
	}{
		{"a status is an answer without a time", roster.Record{Event: weekly(said(person(ann, accepted)))},
			[]roster.Answer{{Email: ann, Status: accepted, Via: roster.ViaImport}}},
		{"no status is none", roster.Record{Event: weekly(said(ical.Attendee{Email: ann}))}, nil},
		{"an answer that is there is left out",
			roster.Record{Event: weekly(said(person(ann, accepted))), Given: []*roster.Answer{yes(0, stamp(0))}}, nil},
		{"another status than the answer is new",
			roster.Record{Event: weekly(said(person(ann, accepted))), Given: []*roster.Answer{no(2, stamp(0))}},
			[]roster.Answer{{Email: ann, Status: accepted, Sequence: 2, Stamp: stamp(0), Via: roster.ViaImport}}},
		{"no status takes an answer back",
			roster.Record{Event: weekly(said(ical.Attendee{Email: ann})), Given: []*roster.Answer{yes(0, stamp(0))}},
			[]roster.Answer{{Email: ann, Status: needsAction, Stamp: stamp(0), Via: roster.ViaImport}}},
		{"an occurrence can be answered otherwise than the series",
			roster.Record{Event: weekly(said(person(ann, accepted)), override(1, person(ann, declined)))},
			[]roster.Answer{{Email: ann, Status: accepted, Via: roster.ViaImport},
				{Email: ann, Status: declined, RecurrenceID: week(1), Via: roster.ViaImport}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			check(t, "Imported", tt.want, tt.r.ImportedAnswers())
		})
	}
}

func TestTakenBack(t *testing.T) {
	back := func(id time.Time) roster.Answer {
		return roster.Answer{Email: ann, Status: needsAction, RecurrenceID: id, Sequence: 4, Via: roster.ViaOrganizer}
	}
	tests := []struct {
		name  string
		given []*roster.Answer
		want  []roster.Answer
	}{
		{"nothing was said", nil, nil},
		{"answers to the series and to occurrences are taken back",
			[]*roster.Answer{to(1, no(0, stamp(0))), yes(0, stamp(0))}, []roster.Answer{back(all), back(week(1))}},
		{"an answer that was taken back already is not", []*roster.Answer{{Email: ann, Status: needsAction}}, nil},
		{"answers of others stay", []*roster.Answer{by(bob, yes(0, stamp(0)))}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := counting(weekly(), tt.given...).TakenBack(ann, 4)
			check(t, "TakenBack", tt.want, got)
			for i := range got {
				tt.given = append(tt.given, &got[i])
			}
			tt.given = append(tt.given, maybe(4, stamp(0).AddDate(-10, 0, 0)))
			check(t, "the status after a new answer, by a clock that is slow", tentative, counting(weekly(), tt.given...).Status(ann, all))
		})
	}
}

func TestUnversionedSequence(t *testing.T) {
	back := func(sequence int) *roster.Answer {
		return &roster.Answer{Email: ann, Status: needsAction, Sequence: sequence, Via: roster.ViaOrganizer}
	}
	floors := []roster.Revision{{RecurrenceID: week(1), Sequence: 4}, {RecurrenceID: week(2), Sequence: 3}}
	tests := []struct {
		name string
		r    roster.Record
		id   time.Time
		want int
	}{
		{"nothing was revised", roster.Record{}, all, 0},
		{"it is at the floor of the series", roster.Record{Revised: 2}, all, 2},
		{"an answer to the series is about all of its occurrences", roster.Record{Revised: 2, Revisions: floors}, all, 4},
		{"it is at the floor of the occurrence", roster.Record{Revised: 2, Revisions: floors}, week(2), 3},
		{"the floor of the series holds for the occurrence", roster.Record{Revised: 5, Revisions: floors}, week(2), 5},
		{"it is not older than the answer so far", roster.Record{Revised: 2, Given: []*roster.Answer{yes(7, stamp(0))}}, all, 7},
		{"the answer to another occurrence does not matter",
			roster.Record{Revised: 2, Given: []*roster.Answer{to(1, yes(7, stamp(0)))}}, week(2), 2},
		{"it is to the invitation after the answers were taken back", roster.Record{Revised: 2, Given: []*roster.Answer{back(3)}}, week(2), 3},
		{"the same for one occurrence", roster.Record{Revised: 2, Given: []*roster.Answer{back(3), to(2, back(5))}}, week(2), 5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.r.Event = weekly()
			check(t, "UnversionedSequence", tt.want, tt.r.Counting().UnversionedSequence(ann, tt.id))
		})
	}
}

// TestOrder orders words of mails and words by hand. Each is later than the one before.
func TestOrder(t *testing.T) {
	mail := func(sequence, minute int) roster.Order { return yes(sequence, stamp(minute)).Order() }
	hand := func(sequence, minute int) roster.Order {
		a := yes(sequence, stamp(minute))
		a.Via = "phone"
		return a.Order()
	}
	back := (&roster.Answer{Email: ann, Status: needsAction, Sequence: 3, Via: roster.ViaOrganizer}).Order()
	for _, tt := range []struct {
		name           string
		earlier, later roster.Order
	}{
		{"mails, by sequence", mail(0, 9), mail(1, 0)},
		{"mails of one sequence, by time", mail(1, 0), mail(1, 9)},
		{"by hand after a mail of a newer version", mail(5, 0), hand(0, 9)},
		{"by hand before a mail of an older version", hand(5, 0), mail(0, 9)},
		{"both by hand", hand(5, 0), hand(0, 9)},
		{"taken back after a mail", mail(2, 9), back},
		{"taken back after a word by hand", hand(2, 9), back},
		{"a mail to the new invitation, by a slow clock", back, yes(3, stamp(0).AddDate(-10, 0, 0)).Order()},
		{"by hand for the new invitation", back, hand(3, 0)},
		{"a mail without a time, of an older version", yes(1, time.Time{}).Order(), hand(2, 0)},
	} {
		if a, b := tt.earlier.Compare(tt.later), tt.later.Compare(tt.earlier); a >= 0 || b <= 0 {
			t.Errorf("%s: Compare = %d, and %d the other way round, want less and more", tt.name, a, b)
		}
	}
	check(t, "equal times", 0, mail(1, 5).Compare(hand(7, 5)))
}

// TestWithoutRepeated gives events back that had statuses.
func TestWithoutRepeated(t *testing.T) {
	stored := weekly(said(person(ann, accepted)), override(1, person(ann, declined), person(bob, needsAction)))
	tests := []struct {
		name   string
		before *ical.Event
		after  *ical.Event
		want   [][]string // the lists of the series and of its overrides
	}{
		{"nothing was said before", weekly(), weekly(said(person(ann, accepted))), [][]string{{"ann accepted", "bob needs-action"}}},
		{"given back as it was", stored, stored, [][]string{{"ann needs-action", "bob needs-action"}, {"ann needs-action", "bob needs-action"}}},
		{"another status is set", stored, weekly(said(person(ann, tentative)), override(1, person(ann, accepted))),
			[][]string{{"ann tentative", "bob needs-action"}, {"ann accepted"}}},
		{"another comment is set", stored, weekly(said(ical.Attendee{Email: ann, Status: accepted, Comment: "late"})),
			[][]string{{"ann accepted", "bob needs-action"}}},
		{"a new override repeats the series", stored, weekly(override(2, person("ANN@example.test", accepted), person(bob, accepted))),
			[][]string{{"ann needs-action", "bob needs-action"}, {"ANN needs-action", "bob accepted"}}},
		{"only an override had a status", weekly(override(1, person(ann, declined))), weekly(override(1, person(ann, declined))),
			[][]string{{"ann needs-action", "bob needs-action"}, {"ann needs-action"}}},
		{"the organizer's own stays", weekly(said(person(desk, accepted))), weekly(said(person(desk, accepted))),
			[][]string{{"desk accepted", "bob needs-action"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, after := tt.before.Clone(), tt.after.Clone()
			got := roster.WithoutRepeated(*tt.after, tt.before)
			lists := [][]string{statuses(got.Attendees)}
			for _, o := range got.Overrides {
				lists = append(lists, statuses(o.Attendees))
			}
			check(t, "WithoutRepeated", tt.want, lists)
			check(t, "before", before, *tt.before)
			check(t, "after", after, *tt.after)
		})
	}
}

func TestInvitedAnew(t *testing.T) {
	back := func(sequence int) *roster.Answer {
		return &roster.Answer{Email: ann, Status: needsAction, Sequence: sequence, Via: roster.ViaOrganizer}
	}
	r := roster.Record{Event: weekly(), Given: []*roster.Answer{yes(7, stamp(0)), back(2), to(1, back(4)), by(bob, back(9)), maybe(8, stamp(1))}}
	for id, want := range map[time.Time]int{all: 2, week(1): 4, week(2): 2} {
		check(t, "InvitedAnew", want, r.InvitedAnew(key(ann), id))
	}
	check(t, "InvitedAnew of somebody else", 0, r.InvitedAnew(key(eve), all))
}
