package ews_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/ews"
)

// wire is one value of a request, and the type of the documentation that asks for it.
// In a path, [n] is the n-th child from 0, and @ is an attribute.
type wire struct{ path, value, source string }

// at returns the value at a path.
func (e *element) at(path string) string {
	for _, step := range strings.Split(path, "/") {
		name, index, _ := strings.Cut(strings.TrimSuffix(step, "]"), "[")
		if attr, ok := strings.CutPrefix(name, "@"); ok {
			v, ok := e.attrs[attr]
			if !ok {
				return "(no attribute)"
			}
			return v
		}
		n := 0
		_, _ = fmt.Sscan(index, &n)
		var next *element
		for _, k := range e.kids {
			if k.name == name {
				if n == 0 {
					next = k
					break
				}
				n--
			}
		}
		if next == nil {
			return "(no element)"
		}
		e = next
	}
	return e.text
}

// values returns the paths of all attributes and texts.
func (e *element) values(path string) (out []string) {
	for a := range e.attrs {
		out = append(out, path+"@"+a)
	}
	if strings.TrimSpace(e.text) != "" {
		out = append(out, strings.TrimSuffix(path, "/"))
	}
	seen := map[string]int{}
	for _, k := range e.kids {
		step := k.name
		if n := seen[k.name]; n > 0 {
			step = fmt.Sprintf("%s[%d]", k.name, n)
		}
		seen[k.name]++
		out = append(out, k.values(path+step+"/")...)
	}
	return out
}

// check compares a request with a table, which must have all its values.
func check(t *testing.T, name string, raw string, table []wire) {
	t.Helper()
	root, err := parseXML([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, w := range table {
		paths = append(paths, w.path)
		if got := root.at(w.path); got != w.value {
			t.Errorf("%s: %s is %q, want %q (%s)", name, w.path, got, w.value, w.source)
		}
	}
	for _, p := range root.values("") {
		if !slices.Contains(paths, p) {
			t.Errorf("%s: %s = %q is not in the table", name, p, root.at(p))
		}
	}
}

// last returns the n-th last request of an operation.
func (f *fake) last(op string, n int) string {
	for i := len(f.raw) - 1; i >= 0; i-- {
		if f.requests[i].name == "m:"+op {
			if n--; n < 0 {
				return f.raw[i]
			}
		}
	}
	return "<none/>"
}

// The headers of the requests.
var (
	header2016 = []wire{{"s:Header/t:RequestServerVersion/@Version", "Exchange2016", "MS-OXWSCDATA, ExchangeVersionType"}}
	headerZone = append([]wire{
		{"s:Header/t:TimeZoneContext/t:TimeZoneDefinition/@Id", "W. Europe Standard Time", "MS-OXWSGTZ, TimeZoneContext and TimeZoneDefinitionType"},
	}, header2016...)
)

// TestRequests compares each request, field by field, with the documentation.
func TestRequests(t *testing.T) {
	f := newFake(t)
	c := f.open(t, func(o *ews.Options) { o.Version = ews.VersionExchange2016; o.Mailbox = room })
	e := weekly()
	e.Overrides = nil
	e.Organizer.Email = room
	m := &invite.Meeting{Event: e}
	o, err := organizer.Encode(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.Put(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	id := "BAAAAIIA4AB0xbcQGoLgCAAAAAAAAAAAAAAAAAAAAAAAAAAAIAAAAHZDYWwtVWlkAQAAAHUtMUBjb252ZW5lLmV4YW1wbGUA"
	const folder = "t:DistinguishedFolderId/"
	find, create, item := "s:Body/m:FindItem/", "s:Body/m:CreateItem/", "s:Body/m:CreateItem/m:Items/t:CalendarItem/"
	check(t, "FindItem", f.last("FindItem", 0), slices.Concat(header2016, []wire{
		{find + "@Traversal", "Shallow", "MS-OXWSSRCH, ItemQueryTraversalType"},
		{find + "m:ItemShape/t:BaseShape", "IdOnly", "MS-OXWSCDATA, DefaultShapeNamesType"},
		{find + "m:ItemShape/t:AdditionalProperties/t:FieldURI/@FieldURI", "item:DateTimeCreated", "MS-OXWSCDATA, UnindexedFieldURIType"},
		{find + "m:IndexedPageItemView/@MaxEntriesReturned", "50", "MS-OXWSSRCH, IndexedPageViewType"},
		{find + "m:IndexedPageItemView/@Offset", "0", "MS-OXWSSRCH, IndexedPageViewType"},
		{find + "m:IndexedPageItemView/@BasePoint", "Beginning", "MS-OXWSSRCH, IndexBasePointType"},
		{find + "m:Restriction/t:Or/t:IsEqualTo/t:ExtendedFieldURI/@DistinguishedPropertySetId", "Meeting", "MS-OXWSXPROP, PathToExtendedFieldType; MS-OXPROPS PidLidGlobalObjectId"},
		{find + "m:Restriction/t:Or/t:IsEqualTo/t:ExtendedFieldURI/@PropertyId", "3", "MS-OXPROPS PidLidGlobalObjectId 0x0003"},
		{find + "m:Restriction/t:Or/t:IsEqualTo/t:ExtendedFieldURI/@PropertyType", "Binary", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{find + "m:Restriction/t:Or/t:IsEqualTo/t:FieldURIOrConstant/t:Constant/@Value", id, "MS-OXOCAL 2.2.1.27, PidLidGlobalObjectId; MS-OXCICAL, UID"},
		{find + "m:Restriction/t:Or/t:IsEqualTo[1]/t:ExtendedFieldURI/@DistinguishedPropertySetId", "Meeting", "MS-OXPROPS PidLidCleanGlobalObjectId"},
		{find + "m:Restriction/t:Or/t:IsEqualTo[1]/t:ExtendedFieldURI/@PropertyId", "35", "MS-OXPROPS PidLidCleanGlobalObjectId 0x0023"},
		{find + "m:Restriction/t:Or/t:IsEqualTo[1]/t:ExtendedFieldURI/@PropertyType", "Binary", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{find + "m:Restriction/t:Or/t:IsEqualTo[1]/t:FieldURIOrConstant/t:Constant/@Value", id, "MS-OXOCAL, PidLidCleanGlobalObjectId"},
		{find + "m:ParentFolderIds/" + folder + "@Id", "calendar", "MS-OXWSCDATA, DistinguishedFolderIdNameType"},
		{find + "m:ParentFolderIds/" + folder + "t:Mailbox/t:EmailAddress", room, "MS-OXWSCDATA, DistinguishedFolderIdType"},
	}))
	check(t, "CreateItem", f.last("CreateItem", 0), slices.Concat(headerZone, []wire{
		{create + "@MessageDisposition", "SaveOnly", "MS-OXWSCDATA, MessageDispositionType"},
		{create + "@SendMeetingInvitations", "SendToNone", "MS-OXWSMTGS, CalendarItemCreateOrDeleteOperationType"},
		{create + "m:SavedItemFolderId/" + folder + "@Id", "calendar", "MS-OXWSCORE, CreateItemType"},
		{create + "m:SavedItemFolderId/" + folder + "t:Mailbox/t:EmailAddress", room, "MS-OXWSCDATA, DistinguishedFolderIdType"},
		{item + "t:MimeContent", base64.StdEncoding.EncodeToString(o.Data), "MS-OXWSCORE, ItemType; MS-OXCICAL"},
		{item + "t:MimeContent/@CharacterSet", "UTF-8", "MS-OXWSCORE, MimeContentType"},
		{item + "t:ReminderIsSet", "false", "MS-OXWSCORE, ItemType"},
		{item + "t:ExtendedProperty/t:ExtendedFieldURI/@DistinguishedPropertySetId", "Meeting", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty/t:ExtendedFieldURI/@PropertyId", "3", "MS-OXPROPS PidLidGlobalObjectId 0x0003"},
		{item + "t:ExtendedProperty/t:ExtendedFieldURI/@PropertyType", "Binary", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty/t:Value", id, "MS-OXOCAL 2.2.1.27, PidLidGlobalObjectId"},
		{item + "t:ExtendedProperty[1]/t:ExtendedFieldURI/@DistinguishedPropertySetId", "Meeting", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty[1]/t:ExtendedFieldURI/@PropertyId", "35", "MS-OXPROPS PidLidCleanGlobalObjectId 0x0023"},
		{item + "t:ExtendedProperty[1]/t:ExtendedFieldURI/@PropertyType", "Binary", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty[1]/t:Value", id, "MS-OXOCAL, PidLidCleanGlobalObjectId"},
		{item + "t:ExtendedProperty[2]/t:ExtendedFieldURI/@DistinguishedPropertySetId", "Appointment", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty[2]/t:ExtendedFieldURI/@PropertyId", "33303", "MS-OXPROPS PidLidAppointmentStateFlags 0x8217"},
		{item + "t:ExtendedProperty[2]/t:ExtendedFieldURI/@PropertyType", "Integer", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty[2]/t:Value", "1", "MS-OXOCAL, PidLidAppointmentStateFlags: asfMeeting"},
		{item + "t:ExtendedProperty[3]/t:ExtendedFieldURI/@DistinguishedPropertySetId", "Appointment", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty[3]/t:ExtendedFieldURI/@PropertyId", "33304", "MS-OXPROPS PidLidResponseStatus 0x8218"},
		{item + "t:ExtendedProperty[3]/t:ExtendedFieldURI/@PropertyType", "Integer", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{item + "t:ExtendedProperty[3]/t:Value", "1", "MS-OXOCAL 2.2.1.11, PidLidResponseStatus: respOrganized"},
	}))
	fetch := "s:Body/m:GetItem/"
	check(t, "GetItem", f.last("GetItem", 0), slices.Concat(header2016, []wire{
		{fetch + "m:ItemShape/t:BaseShape", "IdOnly", "MS-OXWSCDATA, DefaultShapeNamesType"},
		{fetch + "m:ItemShape/t:IncludeMimeContent", "true", "MS-OXWSCDATA, ItemResponseShapeType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI/@FieldURI", "calendar:Start", "MS-OXWSCDATA, UnindexedFieldURIType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI[1]/@FieldURI", "calendar:RequiredAttendees", "MS-OXWSMTGS, CalendarItemType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI[2]/@FieldURI", "calendar:OptionalAttendees", "MS-OXWSMTGS, CalendarItemType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI[3]/@FieldURI", "calendar:Resources", "MS-OXWSMTGS, CalendarItemType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI[4]/@FieldURI", "calendar:StartTimeZone", "MS-OXWSMTGS, CalendarItemType, since 2010"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:ExtendedFieldURI/@DistinguishedPropertySetId", "PublicStrings", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:ExtendedFieldURI/@PropertyName", "convene-unfinished", "the package's own"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:ExtendedFieldURI/@PropertyType", "String", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{fetch + "m:ItemIds/t:ItemId/@Id", got.Href, "MS-OXWSCORE, ItemIdType"},
	}))

	e.Summary, e.Description, e.Location, e.Sequence, e.Priority = "New <title>", "New plan", "Garden", 3, 1
	e.Sensitivity, e.ShowAs, e.Categories = ical.SensitivityPrivate, ical.ShowTentative, []string{"A", "B"}
	e.Reminders = []ical.Reminder{{Before: 1800e9}}
	e.Attendees = []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}, {Name: "Eve", Email: "eve@example.com"}, {Email: "lift@example.com", Kind: ical.KindResource}}
	e.Start, e.End = e.Start.Add(3600e9), e.End.Add(5400e9)
	e.Overrides = []ical.Event{{RecurrenceID: e.Start.AddDate(0, 0, 7), Location: "Room 5"}, {RecurrenceID: e.Start.AddDate(0, 0, 14), Cancelled: true}}
	m.Event = e
	if o, err = organizer.Encode(m); err != nil {
		t.Fatal(err)
	}
	o.Href, o.Tag = got.Href, got.Tag
	if _, err = c.Put(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	update, u := "s:Body/m:UpdateItem/", func(n int) string {
		return fmt.Sprintf("s:Body/m:UpdateItem/m:ItemChanges/t:ItemChange/t:Updates/t:SetItemField[%d]/", n)
	}
	value := func(n int) string { return u(n) + "t:CalendarItem/" }
	table := slices.Concat(headerZone, []wire{
		{update + "@ConflictResolution", "NeverOverwrite", "MS-OXWSCORE 3.1.4.9.4.1, ConflictResolutionType"},
		{update + "@MessageDisposition", "SaveOnly", "MS-OXWSCDATA, MessageDispositionType"},
		{update + "@SendMeetingInvitationsOrCancellations", "SendToNone", "MS-OXWSMTGS, CalendarItemUpdateOperationType"},
		{update + "m:ItemChanges/t:ItemChange/t:ItemId/@Id", got.Href, "MS-OXWSCORE, ItemChangeType"},
		{update + "m:ItemChanges/t:ItemChange/t:ItemId/@ChangeKey", got.Tag, "MS-OXWSCORE, ItemIdType"},
	})
	add := func(n int, uri string, values ...wire) {
		table = append(table, wire{strings.Replace(u(n), "[0]", "", 1) + "t:FieldURI/@FieldURI", uri, "MS-OXWSCDATA, UnindexedFieldURIType"})
		for _, w := range values {
			table = append(table, wire{strings.Replace(value(n), "[0]", "", 1) + w.path, w.value, w.source})
		}
	}
	add(0, "item:Subject", wire{"t:Subject", "New <title>", "MS-OXWSCORE, ItemType"})
	add(1, "item:Body", wire{"t:Body", "New plan", "MS-OXWSCDATA, BodyType"}, wire{"t:Body/@BodyType", "Text", "MS-OXWSCDATA, BodyTypeType"})
	add(2, "calendar:Location", wire{"t:Location", "Garden", "MS-OXWSMTGS, CalendarItemType"})
	add(3, "calendar:LegacyFreeBusyStatus", wire{"t:LegacyFreeBusyStatus", "Tentative", "MS-OXWSCDATA, LegacyFreeBusyType"})
	add(4, "item:Sensitivity", wire{"t:Sensitivity", "Private", "MS-OXWSCDATA, SensitivityChoicesType"})
	add(5, "item:Importance", wire{"t:Importance", "High", "MS-OXWSCDATA, ImportanceChoicesType"})
	add(6, "item:Categories", wire{"t:Categories/t:String", "A", "MS-OXWSCDATA, ArrayOfStringsType"}, wire{"t:Categories/t:String[1]", "B", "MS-OXWSCDATA, ArrayOfStringsType"})
	add(7, "item:ReminderIsSet", wire{"t:ReminderIsSet", "true", "MS-OXWSCORE, ItemType"})
	add(8, "item:ReminderMinutesBeforeStart", wire{"t:ReminderMinutesBeforeStart", "30", "MS-OXWSCORE, ReminderMinutesBeforeStartType"})
	add(9, "calendar:Start", wire{"t:Start", "2027-03-01T09:00:00Z", "MS-OXWSMTGS, CalendarItemType"})
	add(10, "calendar:End", wire{"t:End", "2027-03-01T10:30:00Z", "MS-OXWSMTGS, CalendarItemType"})
	add(11, "calendar:StartTimeZone", wire{"t:StartTimeZone/@Id", "W. Europe Standard Time", "MS-OXWSGTZ, TimeZoneDefinitionType"})
	add(12, "calendar:EndTimeZone", wire{"t:EndTimeZone/@Id", "W. Europe Standard Time", "MS-OXWSGTZ, TimeZoneDefinitionType"})
	add(13, "calendar:Recurrence",
		wire{"t:Recurrence/t:WeeklyRecurrence/t:Interval", "1", "MS-OXWSCDATA, WeeklyRecurrencePatternType"},
		wire{"t:Recurrence/t:WeeklyRecurrence/t:DaysOfWeek", "Monday", "MS-OXWSCDATA, DaysOfWeekType"},
		wire{"t:Recurrence/t:NumberedRecurrence/t:StartDate", "2027-03-01", "MS-OXWSCDATA, NumberedRecurrenceRangeType"},
		wire{"t:Recurrence/t:NumberedRecurrence/t:NumberOfOccurrences", "5", "MS-OXWSCDATA, NumberedRecurrenceRangeType"})
	const other = update0 + "t:AppendToItemField/"
	table = append(table,
		wire{other + "t:FieldURI/@FieldURI", "calendar:RequiredAttendees", "MS-OXWSCORE, AppendToItemFieldType; ResponseCode ErrorInvalidPropertyAppend lists what can be appended"},
		wire{other + "t:CalendarItem/t:RequiredAttendees/t:Attendee/t:Mailbox/t:Name", "Eve", "MS-OXWSCDATA, EmailAddressType"},
		wire{other + "t:CalendarItem/t:RequiredAttendees/t:Attendee/t:Mailbox/t:EmailAddress", "eve@example.com", "MS-OXWSCDATA, EmailAddressType"},
		wire{other + "t:CalendarItem/t:RequiredAttendees/t:Attendee/t:Mailbox/t:RoutingType", "SMTP", "MS-OXWSCDATA, EmailAddressType"},
		wire{update0 + "t:DeleteItemField/t:FieldURI/@FieldURI", "calendar:OptionalAttendees", "MS-OXWSCORE, DeleteItemFieldType"},
		wire{update0 + "t:AppendToItemField[1]/t:FieldURI/@FieldURI", "calendar:Resources", "MS-OXWSMTGS, CalendarItemType"},
		wire{update0 + "t:AppendToItemField[1]/t:CalendarItem/t:Resources/t:Attendee/t:Mailbox/t:EmailAddress", "lift@example.com", "MS-OXWSMTGS, AttendeeType"},
		wire{update0 + "t:AppendToItemField[1]/t:CalendarItem/t:Resources/t:Attendee/t:Mailbox/t:RoutingType", "SMTP", "MS-OXWSCDATA, EmailAddressType"},
	)
	for _, part := range []string{"t:ExtendedFieldURI/", "t:CalendarItem/t:ExtendedProperty/t:ExtendedFieldURI/"} {
		table = append(table,
			wire{u(14) + part + "@DistinguishedPropertySetId", "Appointment", "MS-OXWSXPROP, PathToExtendedFieldType"},
			wire{u(14) + part + "@PropertyId", "33281", "MS-OXPROPS PidLidAppointmentSequence 0x8201"},
			wire{u(14) + part + "@PropertyType", "Integer", "MS-OXWSXPROP, PathToExtendedFieldType"})
	}
	table = append(table, wire{value(14) + "t:ExtendedProperty/t:Value", "3", "MS-OXOCAL, PidLidAppointmentSequence"})
	for _, part := range []string{"t:ExtendedFieldURI/", "t:CalendarItem/t:ExtendedProperty/t:ExtendedFieldURI/"} {
		table = append(table,
			wire{u(15) + part + "@DistinguishedPropertySetId", "PublicStrings", "MS-OXWSXPROP, PathToExtendedFieldType"},
			wire{u(15) + part + "@PropertyName", "convene-unfinished", "the package's own"},
			wire{u(15) + part + "@PropertyType", "String", "MS-OXWSXPROP, PathToExtendedFieldType"})
	}
	table = append(table, wire{value(15) + "t:ExtendedProperty/t:Value", base64.StdEncoding.EncodeToString(o.Data), "the package's own"})
	check(t, "UpdateItem", f.last("UpdateItem", 2), table)

	check(t, "GetItem of an occurrence", f.last("GetItem", 3), slices.Concat(header2016, []wire{
		{fetch + "m:ItemShape/t:BaseShape", "IdOnly", "MS-OXWSCDATA, DefaultShapeNamesType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI/@FieldURI", "calendar:Start", "MS-OXWSCDATA, UnindexedFieldURIType"},
		{fetch + "m:ItemShape/t:AdditionalProperties/t:FieldURI[1]/@FieldURI", "calendar:OriginalStart", "MS-OXWSMTGS, CalendarItemType"},
		{fetch + "m:ItemIds/t:OccurrenceItemId/@RecurringMasterId", got.Href, "MS-OXWSCORE, OccurrenceItemIdType"},
		{fetch + "m:ItemIds/t:OccurrenceItemId/@InstanceIndex", "2", "MS-OXWSCORE, OccurrenceItemIdType"},
	}))
	check(t, "UpdateItem of an occurrence", f.last("UpdateItem", 1), slices.Concat(headerZone, []wire{
		{update + "@ConflictResolution", "NeverOverwrite", "MS-OXWSCORE 3.1.4.9.4.1, ConflictResolutionType"},
		{update + "@MessageDisposition", "SaveOnly", "MS-OXWSCDATA, MessageDispositionType"},
		{update + "@SendMeetingInvitationsOrCancellations", "SendToNone", "MS-OXWSMTGS, CalendarItemUpdateOperationType"},
		{update + "m:ItemChanges/t:ItemChange/t:ItemId/@Id", got.Href + "/2", "MS-OXWSCORE, ItemChangeType"},
		{update + "m:ItemChanges/t:ItemChange/t:ItemId/@ChangeKey", f.keyBefore(t, 3), "MS-OXWSCORE, ItemIdType"},
		{update0 + "t:SetItemField/t:FieldURI/@FieldURI", "calendar:Location", "MS-OXWSCDATA, UnindexedFieldURIType"},
		{update0 + "t:SetItemField/t:CalendarItem/t:Location", "Room 5", "MS-OXWSMTGS, CalendarItemType"},
	}))
	deletion := "s:Body/m:DeleteItem/"
	check(t, "DeleteItem", f.last("DeleteItem", 0), slices.Concat(header2016, []wire{
		{deletion + "@DeleteType", "MoveToDeletedItems", "MS-OXWSCDATA, DisposalType"},
		{deletion + "@SendMeetingCancellations", "SendToNone", "MS-OXWSMTGS, CalendarItemCreateOrDeleteOperationType"},
		{deletion + "m:ItemIds/t:ItemId/@Id", got.Href + "/3", "MS-OXWSCORE, ItemIdType"},
		{deletion + "m:ItemIds/t:ItemId/@ChangeKey", f.keyBefore(t, 2), "MS-OXWSCORE, ItemIdType"},
	}))
	check(t, "UpdateItem in the end", f.last("UpdateItem", 0), slices.Concat(header2016, []wire{
		{update + "@ConflictResolution", "NeverOverwrite", "MS-OXWSCORE 3.1.4.9.4.1, ConflictResolutionType"},
		{update + "@MessageDisposition", "SaveOnly", "MS-OXWSCDATA, MessageDispositionType"},
		{update + "@SendMeetingInvitationsOrCancellations", "SendToNone", "MS-OXWSMTGS, CalendarItemUpdateOperationType"},
		{update + "m:ItemChanges/t:ItemChange/t:ItemId/@Id", got.Href, "MS-OXWSCORE, ItemIdType"},
		{update + "m:ItemChanges/t:ItemChange/t:ItemId/@ChangeKey", f.keyBefore(t, 1), "MS-OXWSCORE, ItemIdType"},
		{update0 + "t:DeleteItemField/t:ExtendedFieldURI/@DistinguishedPropertySetId", "PublicStrings", "MS-OXWSXPROP, PathToExtendedFieldType"},
		{update0 + "t:DeleteItemField/t:ExtendedFieldURI/@PropertyName", "convene-unfinished", "the package's own"},
		{update0 + "t:DeleteItemField/t:ExtendedFieldURI/@PropertyType", "String", "MS-OXWSXPROP, PathToExtendedFieldType"},
	}))
	f.wants(t, "in the end", e)
}

// update0 is the path of the updates of the only change.
const update0 = "s:Body/m:UpdateItem/m:ItemChanges/t:ItemChange/t:Updates/"

// keyBefore returns the version that the only item had n changes ago.
func (f *fake) keyBefore(t *testing.T, n int) string {
	t.Helper()
	var now int
	if _, err := fmt.Sscanf(f.items[0].key, "CQ%d=", &now); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("CQ%04d=", now-n)
}

// TestRequests2007 checks what the requests for Exchange 2007 have instead.
func TestRequests2007(t *testing.T) {
	f := newFake(t)
	f.version = ews.VersionExchange2007
	c := f.open(t, func(o *ews.Options) { o.Version = ews.VersionExchange2007 })
	m := &invite.Meeting{Event: single()}
	last := follow(t, c, m, organizer.Object{})
	root, err := parseXML([]byte(f.last("CreateItem", 0)))
	if err != nil {
		t.Fatal(err)
	}
	item := root.kid("s:Body", "m:CreateItem", "m:Items", "t:CalendarItem")
	for path, want := range map[string]string{
		"t:RequiredAttendees/t:Attendee/t:Mailbox/t:EmailAddress": "ann@example.com",
		"t:OptionalAttendees/t:Attendee/t:Mailbox/t:EmailAddress": "bob@example.com",
		"t:Resources": "(no element)",
	} {
		if got := item.at(path); got != want {
			t.Errorf("%s is %q, want %q", path, got, want)
		}
	}
	m.Event.Start, m.Event.End = m.Event.Start.Add(3600e9), m.Event.End.Add(3600e9)
	follow(t, c, m, last)
	raw := f.last("UpdateItem", 0)
	if !strings.Contains(raw, `<t:MeetingTimeZone TimeZoneName="W. Europe Standard Time"/>`) || strings.Contains(raw, "TimeZoneContext") {
		t.Errorf("the request for 2007 is\n%s", raw)
	}
	f.wants(t, "in the end", m.Event)
}

// TestFolder checks the calendar that is chosen by its name.
func TestFolder(t *testing.T) {
	f := newFake(t)
	first := f.addFolder(owner, "Desk & Co", "IPF.Appointment")
	f.addFolder(owner, "Notes", "IPF.StickyNote")
	c := f.open(t, func(o *ews.Options) { o.Calendar = "Desk & Co" })
	last := follow(t, c, &invite.Meeting{Event: single()}, organizer.Object{})
	root := "s:Body/m:FindFolder/"
	check(t, "FindFolder", f.last("FindFolder", 0), []wire{
		{"s:Header/t:RequestServerVersion/@Version", "Exchange2010_SP2", "MS-OXWSCDATA, ExchangeVersionType"},
		{root + "@Traversal", "Deep", "MS-OXWSFOLD, FolderQueryTraversalType"},
		{root + "m:FolderShape/t:BaseShape", "IdOnly", "MS-OXWSCDATA, FolderResponseShapeType"},
		{root + "m:IndexedPageFolderView/@MaxEntriesReturned", "50", "MS-OXWSSRCH, IndexedPageViewType"},
		{root + "m:IndexedPageFolderView/@Offset", "0", "MS-OXWSSRCH, IndexedPageViewType"},
		{root + "m:IndexedPageFolderView/@BasePoint", "Beginning", "MS-OXWSSRCH, IndexBasePointType"},
		{root + "m:Restriction/t:IsEqualTo/t:FieldURI/@FieldURI", "folder:DisplayName", "MS-OXWSCDATA, UnindexedFieldURIType"},
		{root + "m:Restriction/t:IsEqualTo/t:FieldURIOrConstant/t:Constant/@Value", "Desk & Co", "MS-OXWSSRCH, IsEqualToType and ConstantValueType"},
		{root + "m:ParentFolderIds/t:DistinguishedFolderId/@Id", "msgfolderroot", "MS-OXWSCDATA, DistinguishedFolderIdNameType"},
	})
	if n := f.count("FindFolder"); n != 1 || f.items[0].folder != first {
		t.Errorf("%d searches, the item is in %s, want one search and %s", n, f.items[0].folder, first)
	}
	// The folder is deleted, and another one gets its name.
	f.with(func() { delete(f.folders, first); f.items = nil })
	if _, err := c.Get(t.Context(), last); describe(err) != "no calendar" {
		t.Errorf("without the folder: %v", err)
	}
	f.with(func() {
		f.folders["new"] = &mailFolder{id: "new", name: "Desk & Co", mailbox: owner, class: "IPF.Appointment"}
	})
	if _, err := c.Get(t.Context(), last); describe(err) != "gone" {
		t.Errorf("with a new folder: %v", err)
	}
	f.with(func() { f.folders["new"].id = "new2"; f.folders["new2"] = f.folders["new"]; delete(f.folders, "new") })
	if _, err := c.Get(t.Context(), last); describe(err) != "gone" {
		t.Errorf("with another new folder: %v", err)
	}
	f.with(func() { f.addFolder(owner, "Desk & Co", "IPF.Appointment") })
	for name, want := range map[string]string{"Notes": "no calendar", "None": "no calendar", "Desk & Co": "no calendar"} {
		if _, err := f.open(t, func(o *ews.Options) { o.Calendar = name }).Get(t.Context(), last); describe(err) != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
	if _, err := f.open(t, func(o *ews.Options) { o.Mailbox = "nobody@example.com" }).Get(t.Context(), nothing); describe(err) != "no calendar" {
		t.Errorf("another mailbox: %v", err)
	}
}
