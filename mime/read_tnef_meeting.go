package mime

import (
	"strings"
	"time"

	"github.com/convene-go/convene/internal/tnef"
)

// tnefMeeting sets the meeting of a message.
func (r *reader) tnefMeeting(m *tnef.Message, out *TNEF) {
	p := m.Properties
	meeting := func(lid uint32) *tnef.Property { return p.Named(tnef.SetMeeting, lid) }
	appointment := func(lid uint32) *tnef.Property { return p.Named(tnef.SetAppointment, lid) }
	id, ok := tnef.ParseObjectID(meeting(tnef.LidGlobalObjectID).Binary())
	if !ok {
		id, ok = tnef.ParseObjectID(meeting(tnef.LidCleanGlobalObjectID).Binary())
	}
	if !ok {
		out.Problems = append(out.Problems, "no valid PidLidGlobalObjectId: it names no meeting")
		return
	}
	t := &TNEFMeeting{
		UID:      id.UID,
		Sequence: max(0, appointment(tnef.LidSequence).Int()),
		Stamp:    meeting(tnef.LidOwnerCriticalChange).Time(),
		Start:    appointment(tnef.LidStart).Time(), End: appointment(tnef.LidEnd).Time(),
		AllDay:   appointment(tnef.LidAllDay).Int() != 0,
		TimeZone: r.tnefZone(m),
		Location: r.line(m.Text(appointment(tnef.LidLocation))),
		Series:   appointment(tnef.LidRecurring).Int() != 0,
	}
	if t.Start.IsZero() { // Microsoft Mail has attributes for them
		t.Start, t.End = p.Find(tnef.PidTagStartDate).Time(), p.Find(tnef.PidTagEndDate).Time()
	}
	if isTNEFAnswer(out.Class) {
		t.Stamp = meeting(tnef.LidAttendeeCriticalChange).Time()
	}
	if isTNEFAnswer(out.Class) && appointment(tnef.LidCounterProposal).Int() != 0 {
		t.ProposedStart, t.ProposedEnd = appointment(tnef.LidProposedStart).Time(), appointment(tnef.LidProposedEnd).Time()
		if t.ProposedStart.IsZero() {
			out.Problems = append(out.Problems, "it proposes another time, and does not say which")
		}
	}
	one := !id.Date.IsZero() || meeting(tnef.LidIsException).Int() != 0
	t.setOccurrence(one, id.Date, appointment(tnef.LidExceptionReplaceTime).Time())
	if one && t.Occurrence.IsZero() {
		out.Problems = append(out.Problems, "it is about one occurrence, and does not say which")
		return
	}
	out.Meeting = t
}

// isTNEFAnswer tells whether a class of meetings is an attendee's answer.
func isTNEFAnswer(class string) bool {
	return strings.HasPrefix(strings.ToLower(class), "ipm.schedule.meeting.resp")
}

// maxShift is the largest difference between the start of an occurrence and its date in
// any zone.
const maxShift = 48 * time.Hour

// setOccurrence sets the occurrence of a message about one. The start in replaced
// (PidLidExceptionReplaceTime) says more than the date in the identifier, by which
// Outlook matches. An all-day occurrence is its date. If the two contradict each other,
// the date counts.
func (t *TNEFMeeting) setOccurrence(one bool, date, replaced time.Time) {
	switch {
	case !one:
	case date.IsZero():
		t.Occurrence = replaced
	case replaced.IsZero() || t.AllDay || date.Sub(replaced).Abs() > maxShift:
		t.Occurrence, t.OccurrenceIsDate = date, true
	default:
		t.Occurrence = replaced
	}
}

// tnefZone returns the name of the zone of a meeting.
func (r *reader) tnefZone(m *tnef.Message) string {
	for _, lid := range []uint32{tnef.LidZoneStart, tnef.LidZoneRecur} {
		if name := tnef.ZoneName(m.Properties.Named(tnef.SetAppointment, lid).Binary()); name != "" {
			return r.line(name)
		}
	}
	return r.line(m.Text(m.Properties.Named(tnef.SetAppointment, tnef.LidZoneDescription)))
}
