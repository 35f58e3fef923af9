package ews_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/windowszones"
)

// mailItem is an item of the calendar.
type mailItem struct {
	id, key string
	folder  string
	created string
	ids     map[string]string // GlobalObjectId and CleanGlobalObjectId in base64, by PropertyId
	flags   string
	event   ical.Event
	answers map[string]string // ResponseType by address
	zone    string            // Windows name
	named   map[string]string // properties by PropertyName
}

// mailError is a ResponseCode.
type mailError string

func (e mailError) Error() string { return string(e) }

// perform carries out an operation and returns the response.
func (f *fake) perform(op string, root *element) string {
	request := root.kid("s:Body").kids[0]
	var out []string
	add := func(content string, err error) {
		var code mailError
		switch {
		case errors.As(err, &code):
			out = append(out, problem(op, string(code), "The request failed with "+string(code)+".", ""))
		case err != nil:
			out = append(out, problem(op, "ErrorInternalServerError", err.Error(), ""))
		default:
			out = append(out, success(op, content))
		}
	}
	switch op {
	case "CreateItem":
		add(f.createItem(request))
	case "FindItem":
		add(f.findItem(request))
	case "FindFolder":
		add(f.findFolder(request))
	case "GetItem":
		for _, id := range request.kid("m:ItemIds").kids {
			add(f.getItem(request, id))
		}
	case "UpdateItem":
		for _, c := range request.kid("m:ItemChanges").kids {
			add(f.updateItem(request, c))
		}
	case "DeleteItem":
		for _, id := range request.kid("m:ItemIds").kids {
			add(f.deleteItem(request, id))
		}
	}
	return messages(op, strings.Join(out, ""))
}

// folder returns the folder of an identifier.
func (f *fake) folder(id *element) (*mailFolder, error) {
	if id.name == "t:FolderId" {
		if d := f.folders[id.attrs["Id"]]; d != nil {
			return d, nil
		}
		return nil, mailError("ErrorFolderNotFound")
	}
	mailbox := id.kid("t:Mailbox", "t:EmailAddress").text
	if mailbox == "" {
		mailbox = owner
	}
	for _, d := range f.folders {
		if d.mailbox == mailbox && (id.attrs["Id"] == "msgfolderroot" || id.attrs["Id"] == "calendar" && d.name == "Calendar") {
			return d, nil
		}
	}
	if !slices.Contains([]string{owner, boss, room}, mailbox) {
		return nil, mailError("ErrorNonExistentMailbox")
	}
	return nil, mailError("ErrorFolderNotFound")
}

// mayWrite reports whether the user may change a folder.
func (f *fake) mayWrite(folder string) bool {
	d := f.folders[folder]
	return d != nil && d.mailbox != boss
}

// createItem is CreateItem for one item.
func (f *fake) createItem(request *element) (string, error) {
	folder, err := f.folder(request.kid("m:SavedItemFolderId").kids[0])
	if err != nil {
		return "", err
	}
	if !f.mayWrite(folder.id) {
		return "", mailError("ErrorAccessDenied")
	}
	send, ok := request.attrs["SendMeetingInvitations"]
	if !ok {
		return "", mailError("ErrorSendMeetingInvitationsRequired")
	}
	properties := request.kid("m:Items", "t:CalendarItem")
	data, err := base64.StdEncoding.DecodeString(properties.kid("t:MimeContent").text)
	if err != nil {
		return "", mailError("ErrorMimeContentInvalidBase64String")
	}
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil || len(c.Events) != 1 {
		return "", mailError("ErrorMimeContentConversionFailed")
	}
	f.made++
	i := &mailItem{
		id: fmt.Sprintf("AAMk%04d=", f.made), folder: folder.id, ids: map[string]string{}, answers: map[string]string{},
		created: time.Date(2027, 1, 1, 0, 0, f.made, 0, time.UTC).Format(time.RFC3339), event: c.Events[0], zone: "W. Europe Standard Time",
	}
	id := base64.StdEncoding.EncodeToString(wrapUID(i.event.UID))
	i.ids["3"], i.ids["35"] = id, id
	f.forget(i)
	i.event.Organizer = ical.Person{Name: "Olga", Email: folder.mailbox}
	for _, p := range properties.kids {
		if p.name == "t:ExtendedProperty" {
			i.setExtended(p)
		}
	}
	if len(i.event.Reminders) > 0 && properties.kid("t:ReminderIsSet").text == "false" {
		i.event.Reminders = nil
	}
	f.touch(i)
	f.items = append(f.items, i)
	f.mail(send, i)
	return fmt.Sprintf(`<m:Items><t:CalendarItem><t:ItemId Id=%q ChangeKey=%q/></t:CalendarItem></m:Items>`, i.id, i.key), nil
}

// forget drops what an import does not keep.
func (f *fake) forget(i *mailItem) {
	drop := func(e *ical.Event) {
		e.Extra, e.Attachments, e.URL, e.Conference, e.Created, e.Modified, e.Language = nil, nil, "", "", time.Time{}, time.Time{}, ""
		e.NoCounter, e.NoForward = false, false
		for n := range e.Attendees {
			a := &e.Attendees[n]
			status := a.Status
			*a = ical.Attendee{Name: a.Name, Email: a.Email, Role: a.Role, Kind: a.Kind}
			if f.importsAnswers && e.RecurrenceID.IsZero() {
				i.answers[strings.ToLower(a.Email)] = map[ical.Status]string{
					ical.StatusAccepted: "Accept", ical.StatusDeclined: "Decline", ical.StatusTentative: "Tentative"}[status]
			}
		}
	}
	drop(&i.event)
	for n := range i.event.Overrides {
		drop(&i.event.Overrides[n])
	}
}

// wrapUID returns the GlobalObjectId of a UID (MS-OXCICAL, section 2.1.3.1.1.20.26).
func wrapUID(uid string) []byte {
	head, err := hex.DecodeString("040000008200E00074C5B7101A82E008" + strings.Repeat("00", 20))
	if err != nil {
		panic(err)
	}
	data := "vCal-Uid\x01\x00\x00\x00" + uid + "\x00"
	return append(append(head, byte(len(data)), byte(len(data)>>8), 0, 0), data...)
}

// mail counts the mails of a change.
func (f *fake) mail(send string, i *mailItem) {
	if send != "SendToNone" {
		f.mails += len(i.event.Attendees)
	}
}

// touch gives an item a new version.
func (f *fake) touch(i *mailItem) {
	f.made++
	i.key = fmt.Sprintf("CQ%04d=", f.made)
}

// setExtended sets an extended property.
func (i *mailItem) setExtended(p *element) {
	value := p.kid("t:Value").text
	if name := p.kid("t:ExtendedFieldURI").attrs["PropertyName"]; name != "" {
		i.named = map[string]string{name: value}
	}
	switch id := p.kid("t:ExtendedFieldURI").attrs["PropertyId"]; id {
	case "3", "35":
		i.ids[id] = value
	case "33281":
		i.event.Sequence, _ = strconv.Atoi(value)
	case "33303":
		i.flags = value
	}
}

// findItem is FindItem with a restriction of extended properties.
func (f *fake) findItem(request *element) (string, error) {
	folder, err := f.folder(request.kid("m:ParentFolderIds").kids[0])
	if err != nil {
		return "", err
	}
	var list strings.Builder
	n := 0
	for _, i := range f.items {
		if i.folder == folder.id && i.matches(request.kid("m:Restriction").kids[0]) {
			n++
			fmt.Fprintf(&list, `<t:CalendarItem><t:ItemId Id=%q ChangeKey=%q/><t:DateTimeCreated>%s</t:DateTimeCreated></t:CalendarItem>`, i.id, i.key, i.created)
		}
	}
	return fmt.Sprintf(`<m:RootFolder IndexedPagingOffset="%d" TotalItemsInView="%d" IncludesLastItemInRange="true"><t:Items>%s</t:Items></m:RootFolder>`, n, n, list.String()), nil
}

// matches reports whether an item fulfils a restriction.
func (i *mailItem) matches(r *element) bool {
	if r.name == "t:Or" {
		return slices.ContainsFunc(r.kids, i.matches)
	}
	value := r.kid("t:FieldURIOrConstant", "t:Constant").attrs["Value"]
	return i.ids[r.kid("t:ExtendedFieldURI").attrs["PropertyId"]] == value
}

// findFolder is FindFolder by name.
func (f *fake) findFolder(request *element) (string, error) {
	root, err := f.folder(request.kid("m:ParentFolderIds").kids[0])
	if err != nil {
		return "", err
	}
	name := request.kid("m:Restriction", "t:IsEqualTo", "t:FieldURIOrConstant", "t:Constant").attrs["Value"]
	var list strings.Builder
	for _, d := range f.folders {
		if d.mailbox == root.mailbox && d.name == name {
			element := "Folder"
			if d.class == "IPF.Appointment" {
				element = "CalendarFolder"
			}
			fmt.Fprintf(&list, `<t:%s><t:FolderId Id=%q ChangeKey="A"/></t:%s>`, element, d.id, element)
		}
	}
	return fmt.Sprintf(`<m:RootFolder IncludesLastItemInRange="true"><t:Folders>%s</t:Folders></m:RootFolder>`, list.String()), nil
}

// item returns the item with an identifier.
func (f *fake) item(id string) (*mailItem, error) {
	if id == "" || !strings.HasPrefix(id, "AAMk") {
		return nil, mailError("ErrorInvalidIdMalformed")
	}
	for _, i := range f.items {
		if i.id == id {
			return i, nil
		}
	}
	return nil, mailError("ErrorItemNotFound")
}

// lookup returns the item that an identifier names, and the original start of the
// occurrence if it names one. The identifier of an occurrence is that of its series, a
// slash and its number.
func (f *fake) lookup(id *element) (*mailItem, time.Time, error) {
	series, number, isOccurrence := strings.Cut(id.attrs["Id"], "/")
	if id.name == "t:OccurrenceItemId" {
		series, number, isOccurrence = id.attrs["RecurringMasterId"], id.attrs["InstanceIndex"], true
	}
	i, err := f.item(series)
	if err != nil || !isOccurrence {
		return i, time.Time{}, err
	}
	n, err := strconv.Atoi(number)
	if err != nil || i.event.Recurrence == nil {
		return nil, time.Time{}, mailError("ErrorCalendarCannotUseIdForRecurringMasterId")
	}
	at, err := i.nth(n)
	return i, at, err
}

// nth returns the original start of the n-th occurrence.
func (i *mailItem) nth(n int) (time.Time, error) {
	all := i.event.Clone()
	all.Overrides, all.Recurrence.Except = nil, nil
	k := 0
	for o := range all.Occurrences(time.Time{}, all.Start.AddDate(20, 0, 0)) {
		if k++; k < n {
			continue
		}
		if slices.ContainsFunc(i.event.Recurrence.Except, o.RecurrenceID.Equal) {
			return time.Time{}, mailError("ErrorCalendarOccurrenceIsDeletedFromRecurrence")
		}
		return o.RecurrenceID, nil
	}
	return time.Time{}, mailError("ErrorCalendarOccurrenceIndexIsOutOfRecurrenceRange")
}

// getItem is GetItem for one item.
func (f *fake) getItem(request, id *element) (string, error) {
	i, at, err := f.lookup(id)
	if err != nil {
		return "", err
	}
	if !at.IsZero() {
		one := i.occurrence(at)
		return fmt.Sprintf(`<m:Items><t:CalendarItem><t:ItemId Id="%s/%s" ChangeKey=%q/><t:Start>%s</t:Start><t:OriginalStart>%s</t:OriginalStart></t:CalendarItem></m:Items>`,
			i.id, id.attrs["InstanceIndex"], i.key, i.instant(one.Start), i.instant(at)), nil
	}
	mime, err := f.export(i)
	if err != nil {
		return "", mailError("ErrorMimeContentConversionFailed")
	}
	var lists strings.Builder
	for _, name := range []string{"RequiredAttendees", "OptionalAttendees", "Resources"} {
		var people strings.Builder
		if name == "RequiredAttendees" {
			fmt.Fprintf(&people, `<t:Attendee><t:Mailbox><t:Name>Olga</t:Name><t:EmailAddress>%s</t:EmailAddress></t:Mailbox><t:ResponseType>Organizer</t:ResponseType></t:Attendee>`, i.event.Organizer.Email)
		}
		for _, a := range i.event.Attendees {
			if listOf(a) == name {
				response := i.answers[strings.ToLower(a.Email)]
				if response == "" {
					response = "Unknown"
				}
				fmt.Fprintf(&people, `<t:Attendee><t:Mailbox><t:Name>%s</t:Name><t:EmailAddress>%s</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox><t:ResponseType>%s</t:ResponseType></t:Attendee>`,
					escape(a.Name), escape(a.Email), response)
			}
		}
		fmt.Fprintf(&lists, "<t:%s>%s</t:%s>", name, people.String(), name)
	}
	zone, named := "", ""
	for _, p := range request.kid("m:ItemShape", "t:AdditionalProperties").kids {
		if v, ok := i.named[p.attrs["PropertyName"]]; ok {
			named += fmt.Sprintf(`<t:ExtendedProperty><t:ExtendedFieldURI DistinguishedPropertySetId=%q PropertyName=%q PropertyType=%q/><t:Value>%s</t:Value></t:ExtendedProperty>`,
				p.attrs["DistinguishedPropertySetId"], p.attrs["PropertyName"], p.attrs["PropertyType"], v)
		}
	}
	if slices.ContainsFunc(request.kid("m:ItemShape", "t:AdditionalProperties").kids, func(e *element) bool { return e.attrs["FieldURI"] == "calendar:StartTimeZone" }) {
		zone = fmt.Sprintf(`<t:StartTimeZone Id=%q/>`, i.zone)
	}
	return fmt.Sprintf(`<m:Items><t:CalendarItem><t:MimeContent CharacterSet="UTF-8">%s</t:MimeContent><t:ItemId Id=%q ChangeKey=%q/>%s<t:Start>%s</t:Start>%s%s</t:CalendarItem></m:Items>`,
		base64.StdEncoding.EncodeToString(mime), i.id, i.key, named, i.instant(i.event.Start), lists.String(), zone), nil
}

// listOf returns the list that an attendee is in.
func listOf(a ical.Attendee) string {
	switch {
	case a.Kind == ical.KindRoom || a.Kind == ical.KindResource:
		return "Resources"
	case a.Role == ical.RoleOptional:
		return "OptionalAttendees"
	}
	return "RequiredAttendees"
}

// instant returns a time as the server writes it. A date is midnight in its zone.
func (i *mailItem) instant(t time.Time) string {
	if i.event.AllDay {
		t = time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, location(i.zone))
	}
	return t.UTC().Format(time.RFC3339)
}

// location returns a zone by its Windows name.
func location(windows string) *time.Location {
	iana, ok := windowszones.Lookup(windows)
	if !ok {
		return time.UTC
	}
	loc, err := ical.LoadLocation(iana)
	if err != nil {
		return time.UTC
	}
	return loc
}

// export returns the MIME of an item. Zones have Windows names in it, and the text ends
// with a line end.
func (f *fake) export(i *mailItem) ([]byte, error) {
	e := i.event.Clone()
	status := map[string]ical.Status{"Accept": ical.StatusAccepted, "Decline": ical.StatusDeclined, "Tentative": ical.StatusTentative}
	for _, one := range append([]*ical.Event{&e}, pointers(e.Overrides)...) {
		if one.Description != "" {
			one.Description += "\n"
		}
		for n := range one.Attendees {
			one.Attendees[n].Status = status[i.answers[strings.ToLower(one.Attendees[n].Email)]]
		}
		if !f.mimeAttendees {
			one.Attendees = nil
		}
	}
	data, err := ical.Encode(&ical.Calendar{Method: ical.MethodPublish, ProductID: "Microsoft Exchange Server 2010",
		Stamp: time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC), Events: []ical.Event{e}})
	if err != nil {
		return nil, err
	}
	text := string(data)
	if windows, ok := windowszones.Windows(e.TimeZone); ok {
		text = strings.ReplaceAll(text, "TZID="+e.TimeZone, "TZID="+windows)
		text = strings.ReplaceAll(text, "TZID:"+e.TimeZone, "TZID:"+windows)
	}
	return []byte(text), nil
}

// pointers returns pointers to events.
func pointers(list []ical.Event) (out []*ical.Event) {
	for n := range list {
		out = append(out, &list[n])
	}
	return out
}

// deleteItem is DeleteItem for one item or occurrence. It does not compare the version.
func (f *fake) deleteItem(request, id *element) (string, error) {
	i, at, err := f.lookup(id)
	if err != nil {
		return "", err
	}
	send, ok := request.attrs["SendMeetingCancellations"]
	switch {
	case !ok:
		return "", mailError("ErrorSendMeetingCancellationsRequired")
	case !f.mayWrite(i.folder):
		return "", mailError("ErrorAccessDenied")
	case request.attrs["DeleteType"] != "MoveToDeletedItems":
		f.t.Errorf("DeleteType is %s", request.attrs["DeleteType"])
	}
	if at.IsZero() {
		f.items = slices.DeleteFunc(f.items, func(x *mailItem) bool { return x == i })
	} else {
		i.event.Recurrence.Except = append(i.event.Recurrence.Except, at)
		i.event.Overrides = slices.DeleteFunc(i.event.Overrides, func(o ical.Event) bool { return o.RecurrenceID.Equal(at) })
		f.touch(i)
	}
	f.mail(send, i)
	return "", nil
}

// occurrence returns an occurrence as an event of its own.
func (i *mailItem) occurrence(at time.Time) ical.Event {
	for n, o := range i.event.Overrides {
		if o.RecurrenceID.Equal(at) {
			return i.event.Override(n)
		}
	}
	e := i.event.Clone()
	e.Overrides, e.Recurrence, e.RecurrenceID = nil, nil, at
	e.Start, e.End = at, at.Add(i.event.End.Sub(i.event.Start))
	return e
}
