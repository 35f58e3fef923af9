package ews

import (
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
)

// replace changes an entry into another meeting.
func (c *Calendar) replace(ctx context.Context, o organizer.Object, want ical.Event) (*entry, error) {
	e, err := c.current(ctx, o)
	if err != nil {
		return nil, err
	}
	ch := change{version: c.options.Version, was: e.event, want: want, zone: e.zone}
	updates, err := ch.updates()
	if err != nil {
		return nil, err
	}
	more := occurrencesDiffer(c.options.Version, e, want, len(updates) > 0)
	if more {
		updates = append(updates, elem("t:SetItemField", unfinished.path(),
			elem("t:CalendarItem", unfinished.value(base64.StdEncoding.EncodeToString(o.Data)))))
	}
	if len(updates) == 0 {
		return e, nil
	}
	zone, _ := windowsZone(want)
	if _, err := c.doOne(ctx, "UpdateItem", updateItem(itemID(e.id, e.key), updates), zone); err != nil {
		return nil, err
	}
	if e, err = c.get(ctx, e.id, o.UID); err == nil && more {
		e, err = c.finish(ctx, e, want)
	}
	if err != nil {
		return nil, afterwards(err)
	}
	return e, nil
}

// finish makes the occurrences of an entry equal to those of want, and then removes the
// mark of an unfinished change.
func (c *Calendar) finish(ctx context.Context, e *entry, want ical.Event) (*entry, error) {
	changed, err := c.replaceOccurrences(ctx, e, want)
	if err != nil {
		return nil, err
	}
	if changed {
		if e, err = c.get(ctx, e.id, e.event.UID); err != nil {
			return nil, err
		}
	}
	remove := []node{elem("t:DeleteItemField", unfinished.path())}
	if _, err := c.doOne(ctx, "UpdateItem", updateItem(itemID(e.id, e.key), remove), ""); err != nil {
		return nil, err
	}
	return c.get(ctx, e.id, e.event.UID)
}

// updateItem returns the request for a change of one item (MS-OXWSCORE, UpdateItem).
func updateItem(id node, updates []node) node {
	return elem("m:UpdateItem",
		elem("m:ItemChanges", elem("t:ItemChange", id, elem("t:Updates", updates...)))).
		with("ConflictResolution", "NeverOverwrite").with("MessageDisposition", "SaveOnly").
		with("SendMeetingInvitationsOrCancellations", "SendToNone")
}

// change is the way from a meeting to another one, as updates of fields.
type change struct {
	version   Version
	was, want ical.Event
	zone      *time.Location // of the item, nil if it is not known
}

// updates returns the updates of a single event or a whole series.
func (ch change) updates() ([]node, error) {
	list := slices.Concat(ch.texts(), ch.labels(), ch.reminder())
	times, err := ch.times()
	if err != nil {
		return nil, err
	}
	list = append(append(list, times...), updateAttendees(ch.was, ch.want)...)
	if ch.was.Sequence != ch.want.Sequence {
		list = append(list, elem("t:SetItemField", sequenceNumber.path(),
			elem("t:CalendarItem", sequenceNumber.value(strconv.Itoa(ch.want.Sequence)))))
	}
	return list, nil
}

// set returns the update that gives a field a value.
func set(uri string, value node) node {
	return elem("t:SetItemField", field(uri), elem("t:CalendarItem", value))
}

// texts returns the updates of the texts, which an occurrence can have too.
func (ch change) texts() (list []node) {
	if text(ch.was.Summary) != text(ch.want.Summary) {
		list = append(list, set("item:Subject", leaf("t:Subject", ch.want.Summary)))
	}
	if text(ch.was.Description) != text(ch.want.Description) {
		list = append(list, set("item:Body", leaf("t:Body", ch.want.Description).with("BodyType", "Text")))
	}
	if text(ch.was.Location) != text(ch.want.Location) {
		list = append(list, set("calendar:Location", leaf("t:Location", ch.want.Location)))
	}
	if busy := ch.busyStatus(ch.want.ShowAs); ch.busyStatus(ch.was.ShowAs) != busy {
		list = append(list, set("calendar:LegacyFreeBusyStatus", leaf("t:LegacyFreeBusyStatus", busy)))
	}
	return list
}

// text returns a text for comparisons: with one kind of line ends, and without blanks at
// its ends, which Exchange adds to a body.
func text(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n"))
}

// labels returns the updates of the marks of the whole meeting.
func (ch change) labels() (list []node) {
	if s := sensitivity(ch.want.Sensitivity); sensitivity(ch.was.Sensitivity) != s {
		list = append(list, set("item:Sensitivity", leaf("t:Sensitivity", s)))
	}
	if i := importance(ch.want.Priority); importance(ch.was.Priority) != i {
		list = append(list, set("item:Importance", leaf("t:Importance", i)))
	}
	switch {
	case slices.Equal(ch.was.Categories, ch.want.Categories):
	case len(ch.want.Categories) == 0:
		list = append(list, elem("t:DeleteItemField", field("item:Categories")))
	default:
		all := elem("t:Categories")
		for _, c := range ch.want.Categories {
			all.nodes = append(all.nodes, leaf("t:String", c))
		}
		list = append(list, set("item:Categories", all))
	}
	return list
}

// reminder returns the updates of the first alarm. Exchange has only one.
func (ch change) reminder() (list []node) {
	was, had := minutes(ch.was)
	want, has := minutes(ch.want)
	if had != has {
		list = append(list, set("item:ReminderIsSet", leaf("t:ReminderIsSet", strconv.FormatBool(has))))
	}
	if has && (!had || was != want) {
		list = append(list, set("item:ReminderMinutesBeforeStart", leaf("t:ReminderMinutesBeforeStart", strconv.Itoa(want))))
	}
	return list
}

// minutes returns the minutes of the first alarm.
func minutes(e ical.Event) (int, bool) {
	if len(e.Reminders) == 0 {
		return 0, false
	}
	return int(e.Reminders[0].Before / time.Minute), true
}

// times returns the updates of the times and the rule. Start, End and the zone go
// together. If one of them changes in a series, the rule goes with them.
func (ch change) times() ([]node, error) {
	was, err := patternOf(ch.was)
	if err != nil {
		was = pattern{kind: "unknown"}
	}
	want, err := patternOf(ch.want)
	if err != nil {
		return nil, refusal("UpdateItem", "%w", err)
	}
	moved := ch.moved()
	again := want != was || want.kind != "" && (moved || ch.comesBack())
	var list []node
	if moved {
		if list, err = ch.clock(); err != nil {
			return nil, err
		}
	}
	switch {
	case !again:
	case want.kind == "":
		list = append(list, elem("t:DeleteItemField", field("calendar:Recurrence")))
	default:
		list = append(list, set("calendar:Recurrence", want.node(ch.version)))
	}
	return list, nil
}

// moved reports whether the start, the end or the clock differs.
func (ch change) moved() bool {
	if ch.was.AllDay != ch.want.AllDay {
		return true
	}
	if ch.want.AllDay {
		return !sameDate(ch.was.Start, ch.want.Start) || !sameDate(endOf(ch.was), endOf(ch.want))
	}
	a, errA := ch.was.Zone()
	b, errB := ch.want.Zone()
	return !ch.was.Start.Equal(ch.want.Start) || !endOf(ch.was).Equal(endOf(ch.want)) ||
		errA == nil && errB == nil && a.String() != b.String() && !sameClock(a, b, ch.want.Start)
}

// comesBack reports whether an occurrence that was deleted shall take place again.
func (ch change) comesBack() bool {
	if ch.want.Recurrence == nil || ch.was.Recurrence == nil {
		return false
	}
	back := slices.DeleteFunc(slices.Clone(ch.was.Recurrence.Except), func(t time.Time) bool { return deleted(ch.want, t) })
	if len(back) == 0 {
		return false
	}
	n := numbersOf(ch.want, slices.MaxFunc(back, time.Time.Compare))
	return slices.ContainsFunc(back, func(t time.Time) bool { return n.of(t) > 0 })
}

// clock returns the updates of the start, the end and their zone.
func (ch change) clock() ([]node, error) {
	loc := ch.itemZone()
	name, ok := windowsName(loc, ch.want.Start)
	if !ok {
		return nil, refusal("UpdateItem", "the time zone %q has no Windows name", loc.String())
	}
	start, end := instant(ch.want.Start, ch.want.AllDay, loc), instant(endOf(ch.want), ch.want.AllDay, loc)
	list := []node{set("calendar:Start", leaf("t:Start", start)), set("calendar:End", leaf("t:End", end))}
	if ch.was.AllDay != ch.want.AllDay {
		list = append(list, set("calendar:IsAllDayEvent", leaf("t:IsAllDayEvent", strconv.FormatBool(ch.want.AllDay))))
	}
	if !ch.version.since(VersionExchange2010) {
		return append(list, set("calendar:MeetingTimeZone", node{name: "t:MeetingTimeZone"}.with("TimeZoneName", name))), nil
	}
	for _, zone := range []string{"StartTimeZone", "EndTimeZone"} {
		list = append(list, set("calendar:"+zone, node{name: "t:" + zone}.with("Id", name)))
	}
	return list, nil
}

// itemZone returns the zone for the times. The days of an all-day event begin at midnight
// in the zone that Exchange keeps the item in, which is the organizer's own.
func (ch change) itemZone() *time.Location {
	if ch.want.AllDay && ch.zone != nil {
		return ch.zone
	}
	if loc, err := ch.want.Zone(); err == nil {
		return loc
	}
	return time.UTC
}

// instant returns a time as xs:dateTime in UTC. A date is its midnight in a zone.
func instant(t time.Time, date bool, loc *time.Location) string {
	if date {
		t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, loc)
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// endOf returns the end of an event, also if End is zero.
func endOf(e ical.Event) time.Time {
	switch {
	case !e.End.IsZero():
		return e.End
	case e.AllDay:
		return e.Start.AddDate(0, 0, 1)
	}
	return e.Start
}

// sameDate reports whether two times show the same date, each in its own zone.
func sameDate(a, b time.Time) bool {
	return a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

// busyStatus returns the LegacyFreeBusyStatus (MS-OXWSCDATA, LegacyFreeBusyType).
// WorkingElsewhere came with Exchange 2013.
func (ch change) busyStatus(s ical.ShowAs) string {
	switch s {
	case ical.ShowFree:
		return "Free"
	case ical.ShowTentative:
		return "Tentative"
	case ical.ShowOutOfOffice:
		return "OOF"
	case ical.ShowWorkingElsewhere:
		if ch.version.since(VersionExchange2013) {
			return "WorkingElsewhere"
		}
		return "Free"
	}
	return "Busy"
}

// sensitivity returns the Sensitivity (MS-OXWSCDATA, SensitivityChoicesType).
func sensitivity(s ical.Sensitivity) string {
	switch s {
	case ical.SensitivityPrivate:
		return "Private"
	case ical.SensitivityConfidential:
		return "Confidential"
	}
	return "Normal"
}

// importance returns the Importance of a priority (MS-OXCICAL, property PRIORITY).
func importance(priority int) string {
	switch {
	case priority >= 1 && priority <= 4:
		return "High"
	case priority >= 6:
		return "Low"
	}
	return "Normal"
}
