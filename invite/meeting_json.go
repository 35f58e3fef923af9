package invite

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/roster"
	"github.com/convene-go/convene/invite/internal/series"
)

// meetingFormat is the number of the JSON form that this version writes.
const meetingFormat = 2

// meetingJSON is the stored form: the number of its format in front.
type meetingJSON struct {
	Format int `json:"format"`
	*plainMeeting
}

type plainMeeting Meeting // without the methods

// MarshalJSON writes the meeting with the number of its format in front. Lists
// are never null.
func (m Meeting) MarshalJSON() ([]byte, error) {
	p := plainMeeting(m)
	p.Answers = notNil(p.Answers)
	p.Proposals = notNil(p.Proposals)
	p.Deliveries = notNil(p.Deliveries)
	return json.Marshal(meetingJSON{meetingFormat, &p})
}

func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// UnmarshalJSON reads the output of MarshalJSON, in this format or in format 1,
// which kept answers in the event. It refuses a meeting of a newer format and
// unknown keys, because data that this version does not know would be lost.
func (m *Meeting) UnmarshalJSON(data []byte) error {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("invite: meeting: %w", err)
	}
	read := readFormat2
	switch head.Format {
	case meetingFormat:
	case 1:
		read = readFormat1
	default:
		return fmt.Errorf("invite: meeting: format %d, this version reads 1 and %d", head.Format, meetingFormat)
	}
	out, err := read(data)
	if err != nil {
		return fmt.Errorf("invite: meeting: %w", err)
	}
	out.cutSeconds()
	*m = *out
	return nil
}

// cutSeconds cuts the original starts of a meeting to whole seconds, as ical does with
// the times of its event. Meetings that were stored before may have finer ones.
func (m *Meeting) cutSeconds() {
	cut := func(t *time.Time) { *t = t.Truncate(time.Second) }
	for i := range m.Revisions {
		cut(&m.Revisions[i].RecurrenceID)
	}
	for i := range m.Answers {
		cut(&m.Answers[i].RecurrenceID)
	}
	for i := range m.Joined {
		cut(&m.Joined[i].RecurrenceID)
	}
	for i := range m.Proposals {
		cut(&m.Proposals[i].RecurrenceID)
	}
	for i := range m.Deliveries {
		cut(&m.Deliveries[i].RecurrenceID)
	}
}

func readFormat2(data []byte) (*Meeting, error) {
	aux := meetingJSON{plainMeeting: new(plainMeeting)}
	if err := strictly(data, &aux); err != nil {
		return nil, err
	}
	return (*Meeting)(aux.plainMeeting), nil
}

// strictly decodes JSON and refuses keys that into has no field for.
func strictly(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode(into)
}

// meeting1 has the fields of format 1 that differ.
type meeting1 struct {
	Format int `json:"format"`
	*plainMeeting
	Answers []answer1 `json:"answers"`
	OneMail bool      `json:"shared"`
}

// answer1 is an answer of format 1.
type answer1 struct {
	Answer
	AnsweredAs string `json:"as"`
}

// readFormat1 reads a meeting whose overrides hold answers. The statuses become
// Answers. Lists and overrides that existed only for them are dropped.
func readFormat1(data []byte) (*Meeting, error) {
	aux := meeting1{plainMeeting: new(plainMeeting)}
	if err := strictly(data, &aux); err != nil {
		return nil, err
	}
	m := (*Meeting)(aux.plainMeeting)
	m.OneMail = aux.OneMail
	for _, a := range aux.Answers {
		a.Answer.AnsweredAs = a.AnsweredAs
		m.Answers = append(m.Answers, a.Answer)
	}
	for i := range m.Deliveries {
		m.Deliveries[i].N = i
	}
	for i := range m.Proposals {
		m.Proposals[i].ID = m.Proposals[i].id()
	}
	m.importStatuses()
	for i := range m.Before {
		roster.ClearAnswers(&m.Before[i])
		dropAnswerOverrides(&m.Before[i])
	}
	m.markOvertaken()
	return m, nil
}

// importStatuses makes Answers of the statuses in an event of format 1, unless
// its Answers say the same.
func (m *Meeting) importStatuses() {
	m.Answers = append(m.Answers, answersOf(m.answerRecord().ImportedAnswers())...)
	roster.ClearAnswers(&m.Event)
	dropAnswerOverrides(&m.Event)
}

// dropAnswerOverrides removes the attendee lists of overrides that equal the list
// of the series except in their answers. It also removes overrides that then
// change nothing.
func dropAnswerOverrides(e *ical.Event) {
	kept := e.Overrides[:0]
	for _, o := range e.Overrides {
		if len(o.Attendees) > 0 && roster.SameInvited(o.Attendees, e.Attendees) {
			o.Attendees = nil
		}
		if len(o.Attendees) == 0 && series.IsBare(o) {
			continue
		}
		kept = append(kept, o)
	}
	e.Overrides = kept
	if len(kept) == 0 {
		e.Overrides = nil
	}
}
