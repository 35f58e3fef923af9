package ews_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
)

// updateItem is UpdateItem for one item or occurrence. It stores all updates or none.
func (f *fake) updateItem(request, c *element) (string, error) {
	id := c.kids[0]
	i, at, err := f.lookup(id)
	if err != nil {
		return "", err
	}
	send, ok := request.attrs["SendMeetingInvitationsOrCancellations"]
	switch key := id.attrs["ChangeKey"]; {
	case !ok:
		return "", mailError("ErrorSendMeetingInvitationsOrCancellationsRequired")
	case !f.mayWrite(i.folder):
		return "", mailError("ErrorAccessDenied")
	case key == "":
		return "", mailError("ErrorChangeKeyRequiredForWriteOperations")
	case key != i.key && request.attrs["ConflictResolution"] == "NeverOverwrite":
		return "", mailError("ErrorIrresolvableConflict")
	case request.attrs["ConflictResolution"] != "NeverOverwrite":
		f.t.Errorf("ConflictResolution is %s", request.attrs["ConflictResolution"])
	}
	next := *i
	next.event = i.event.Clone()
	target := &next.event
	if !at.IsZero() {
		one := next.occurrence(at)
		target = &one
	}
	for _, u := range c.kid("t:Updates").kids {
		if err := f.update(&next, target, u, !at.IsZero()); err != nil {
			return "", err
		}
	}
	if !target.Start.Before(target.End) {
		return "", mailError("ErrorCalendarEndDateIsEarlierThanStartDate")
	}
	if !at.IsZero() {
		next.event.Overrides = slices.DeleteFunc(next.event.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(at) })
		next.event.Overrides = append(next.event.Overrides, *target)
	}
	*i = next
	f.touch(i)
	f.mail(send, i)
	return fmt.Sprintf(`<m:Items><t:CalendarItem><t:ItemId Id="%s" ChangeKey="%s"/></t:CalendarItem></m:Items><m:ConflictResults><t:Count>0</t:Count></m:ConflictResults>`,
		id.attrs["Id"], i.key), nil
}

// update carries out one update of an event.
func (f *fake) update(i *mailItem, e *ical.Event, u *element, isOccurrence bool) error {
	uri := u.kids[0].attrs["FieldURI"]
	if u.name == "t:DeleteItemField" && u.kids[0].name == "t:ExtendedFieldURI" {
		i.named = nil
		return nil
	}
	if u.name == "t:DeleteItemField" {
		return deleteField(e, uri)
	}
	properties := u.kid("t:CalendarItem").kids
	if len(properties) != 1 {
		return mailError("ErrorIncorrectUpdatePropertyCount")
	}
	p := properties[0]
	if u.kids[0].name == "t:ExtendedFieldURI" {
		if fmt.Sprint(p.kid("t:ExtendedFieldURI").attrs) != fmt.Sprint(u.kids[0].attrs) {
			return mailError("ErrorUpdatePropertyMismatch")
		}
		i.setExtended(p)
		return nil
	}
	if _, name, _ := strings.Cut(uri, ":"); "t:"+name != p.name {
		return mailError("ErrorUpdatePropertyMismatch")
	}
	if u.name == "t:AppendToItemField" && !strings.Contains(uri, "Attendees") && uri != "calendar:Resources" {
		return mailError("ErrorInvalidPropertyAppend")
	}
	if isOccurrence && slices.Contains([]string{"calendar:Recurrence", "calendar:StartTimeZone", "item:Sensitivity"}, uri) {
		return mailError("ErrorInvalidPropertySet")
	}
	return f.setField(i, e, uri, p, u.name == "t:AppendToItemField")
}

// deleteField is DeleteItemField.
func deleteField(e *ical.Event, uri string) error {
	switch uri {
	case "item:Categories":
		e.Categories = nil
	case "calendar:Recurrence":
		e.Recurrence, e.Overrides = nil, nil
	case "calendar:RequiredAttendees", "calendar:OptionalAttendees", "calendar:Resources":
		replaceList(e, strings.TrimPrefix(uri, "calendar:"), nil)
	default:
		return mailError("ErrorInvalidPropertyDelete")
	}
	return nil
}

// replaceList replaces one list of attendees.
func replaceList(e *ical.Event, name string, people []ical.Attendee) {
	e.Attendees = slices.DeleteFunc(slices.Clone(e.Attendees), func(a ical.Attendee) bool { return listOf(a) == name })
	e.Attendees = append(e.Attendees, people...)
}

// setField is SetItemField.
func (f *fake) setField(i *mailItem, e *ical.Event, uri string, p *element, appends bool) (err error) {
	switch uri {
	case "item:Subject":
		e.Summary = p.text
	case "item:Body":
		e.Description = p.text
	case "item:Sensitivity":
		e.Sensitivity = map[string]ical.Sensitivity{"Private": ical.SensitivityPrivate, "Confidential": ical.SensitivityConfidential}[p.text]
	case "item:Importance":
		e.Priority = map[string]int{"High": 1, "Low": 9}[p.text]
	case "item:Categories":
		e.Categories = nil
		for _, k := range p.kids {
			e.Categories = append(e.Categories, k.text)
		}
	case "item:ReminderIsSet":
		if e.Reminders = nil; p.text == "true" {
			e.Reminders = []ical.Reminder{{Before: 15 * time.Minute}}
		}
	case "item:ReminderMinutesBeforeStart":
		n, err := strconv.Atoi(p.text)
		if err != nil {
			return mailError("ErrorSchemaValidation")
		}
		e.Reminders = []ical.Reminder{{Before: time.Duration(n) * time.Minute}}
	case "calendar:Location":
		e.Location = p.text
	case "calendar:LegacyFreeBusyStatus":
		e.ShowAs = map[string]ical.ShowAs{"Free": ical.ShowFree, "Tentative": ical.ShowTentative, "OOF": ical.ShowOutOfOffice, "WorkingElsewhere": ical.ShowWorkingElsewhere}[p.text]
	case "calendar:Start":
		e.Start, err = i.read(e, p.text)
	case "calendar:End":
		e.End, err = i.read(e, p.text)
	case "calendar:IsAllDayEvent":
		if e.AllDay = p.text == "true"; e.AllDay {
			e.TimeZone, i.event.AllDay = "", true
			e.Start, e.End = day(e.Start, location(i.zone)), day(e.End, location(i.zone))
		}
	case "calendar:StartTimeZone", "calendar:MeetingTimeZone":
		i.zone = p.attrs["Id"] + p.attrs["TimeZoneName"]
		if loc := location(i.zone); !e.AllDay {
			e.TimeZone, e.Start, e.End = loc.String(), e.Start.In(loc), e.End.In(loc)
		}
	case "calendar:EndTimeZone":
	case "calendar:RequiredAttendees", "calendar:OptionalAttendees", "calendar:Resources":
		f.setAttendees(i, e, strings.TrimPrefix(uri, "calendar:"), p, appends)
	case "calendar:Recurrence":
		e.Recurrence, err = readRecurrence(p, location(i.zone), e.Start)
		e.Overrides = nil // all exceptions are lost
	default:
		return mailError("ErrorInvalidPropertySet")
	}
	return err
}

// read reads a time into the event's own form.
func (i *mailItem) read(e *ical.Event, s string) (time.Time, error) {
	t, err := time.Parse("2006-01-02T15:04:05Z", s)
	if err != nil {
		return t, mailError("ErrorSchemaValidation")
	}
	if e.AllDay {
		return day(t, location(i.zone)), nil
	}
	return t.In(e.Start.Location()), nil
}

// day returns the date of an instant in a zone.
func day(t time.Time, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// setAttendees sets a list of attendees, or appends to it. Setting it forgets the answers,
// because the recipients are made again.
func (f *fake) setAttendees(i *mailItem, e *ical.Event, name string, p *element, appends bool) {
	var people []ical.Attendee
	if appends {
		for _, a := range e.Attendees {
			if listOf(a) == name {
				people = append(people, a)
			}
		}
	}
	for _, k := range p.kids {
		m := k.kid("t:Mailbox")
		a := ical.Attendee{Name: m.kid("t:Name").text, Email: m.kid("t:EmailAddress").text}
		switch name {
		case "OptionalAttendees":
			a.Role = ical.RoleOptional
		case "Resources":
			a.Kind = ical.KindResource
		}
		if !appends {
			delete(i.answers, strings.ToLower(a.Email))
		}
		people = append(people, a)
	}
	replaceList(e, name, people)
}

// readRecurrence reads a RecurrenceType.
func readRecurrence(p *element, loc *time.Location, start time.Time) (*ical.Recurrence, error) {
	rule, span := p.kids[0], p.kids[1]
	number := func(e *element, name string) int {
		n, _ := strconv.Atoi(e.kid(name).text)
		return n
	}
	r := &ical.Recurrence{Interval: number(rule, "t:Interval"), Count: number(span, "t:NumberOfOccurrences")}
	if first, err := time.ParseInLocation(time.DateOnly, span.kid("t:StartDate").text, loc); err != nil || first.Format(time.DateOnly) != start.In(loc).Format(time.DateOnly) && start.Hour() != 0 {
		return nil, mailError("ErrorCalendarInvalidRecurrence")
	}
	if until := span.kid("t:EndDate").text; until != "" {
		t, err := time.ParseInLocation(time.DateOnly, until, loc)
		if err != nil {
			return nil, mailError("ErrorSchemaValidation")
		}
		r.Until = time.Date(t.Year(), t.Month(), t.Day(), start.Hour(), start.Minute(), 0, 0, start.Location())
	}
	days := map[string][]ical.Day{
		"Sunday": {"SU"}, "Monday": {"MO"}, "Tuesday": {"TU"}, "Wednesday": {"WE"}, "Thursday": {"TH"}, "Friday": {"FR"}, "Saturday": {"SA"},
		"Weekday": {"MO", "TU", "WE", "TH", "FR"}, "WeekendDay": {"SA", "SU"}, "Day": {"SU", "MO", "TU", "WE", "TH", "FR", "SA"},
	}
	for _, name := range strings.Fields(rule.kid("t:DaysOfWeek").text) {
		if days[name] == nil {
			return nil, mailError("ErrorSchemaValidation")
		}
		r.ByDay = append(r.ByDay, days[name]...)
	}
	if week := rule.kid("t:DayOfWeekIndex").text; week != "" {
		n := map[string]int{"First": 1, "Second": 2, "Third": 3, "Fourth": 4, "Last": -1}[week]
		if len(r.ByDay) == 1 {
			r.ByDay[0] = ical.Day(strconv.Itoa(n)) + r.ByDay[0]
		} else {
			r.BySetPos = []int{n}
		}
	}
	if n := number(rule, "t:DayOfMonth"); n > 0 {
		r.ByMonthDay = []int{n}
	}
	if name := rule.kid("t:Month").text; name != "" {
		month, err := time.Parse("January", name)
		if err != nil {
			return nil, mailError("ErrorSchemaValidation")
		}
		r.ByMonth = []int{int(month.Month())}
	}
	if first := rule.kid("t:FirstDayOfWeek").text; first != "" {
		r.WeekStart = days[first][0]
	}
	r.Freq = map[string]ical.Frequency{
		"t:DailyRecurrence": ical.FreqDaily, "t:WeeklyRecurrence": ical.FreqWeekly,
		"t:AbsoluteMonthlyRecurrence": ical.FreqMonthly, "t:RelativeMonthlyRecurrence": ical.FreqMonthly,
		"t:AbsoluteYearlyRecurrence": ical.FreqYearly, "t:RelativeYearlyRecurrence": ical.FreqYearly,
	}[rule.name]
	return r, nil
}
