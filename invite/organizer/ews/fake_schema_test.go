package ews_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/invite/organizer/ews"
)

// element is an element of a request. Its name has the prefix s, m or t of its namespace.
type element struct {
	name  string
	attrs map[string]string
	text  string
	kids  []*element
}

// prefixes are the prefixes of the namespaces in the tests.
var prefixes = map[string]string{
	"http://schemas.xmlsoap.org/soap/envelope/":                    "s",
	"http://schemas.microsoft.com/exchange/services/2006/messages": "m",
	"http://schemas.microsoft.com/exchange/services/2006/types":    "t",
}

// parseXML reads a document.
func parseXML(data []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	root := &element{}
	stack := []*element{root}
	for {
		token, err := d.Token()
		if err != nil {
			if len(stack) == 1 && len(root.kids) == 1 {
				return root.kids[0], nil
			}
			return nil, fmt.Errorf("not well formed: %w", err)
		}
		top := stack[len(stack)-1]
		switch token := token.(type) {
		case xml.StartElement:
			prefix, ok := prefixes[token.Name.Space]
			if !ok {
				return nil, fmt.Errorf("namespace %q of %s is not known", token.Name.Space, token.Name.Local)
			}
			e := &element{name: prefix + ":" + token.Name.Local, attrs: map[string]string{}}
			for _, a := range token.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					if a.Name.Space != "" {
						return nil, fmt.Errorf("attribute %s of %s has a namespace", a.Name.Local, e.name)
					}
					e.attrs[a.Name.Local] = a.Value
				}
			}
			top.kids = append(top.kids, e)
			stack = append(stack, e)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.CharData:
			top.text += string(token)
		}
	}
}

// kid returns the first child with a name, and an empty element if there is none.
func (e *element) kid(path ...string) *element {
	for _, name := range path {
		i := slices.IndexFunc(e.kids, func(k *element) bool { return k.name == name })
		if i < 0 {
			return &element{}
		}
		e = e.kids[i]
	}
	return e
}

// rule is the type of an element in the schema: its attributes, its children in their
// order, and whether it has a text. A name ends in ? if it is optional, in * if there
// may be any number, and in + if there must be one. Names with | are alternatives.
type rule struct {
	attrs, kids string
	text        bool
}

// calendarItem is the sequence of ItemType (MS-OXWSCORE, section 2.2.4.24) and
// CalendarItemType (MS-OXWSMTGS, section 2.2.4.6), up to the properties that the tests need.
const calendarItem = `t:MimeContent? t:ItemId? t:ParentFolderId? t:ItemClass? t:Subject? t:Sensitivity? t:Body?
	t:Attachments? t:DateTimeReceived? t:Size? t:Categories? t:Importance? t:InReplyTo? t:IsSubmitted? t:IsDraft?
	t:IsFromMe? t:IsResend? t:IsUnmodified? t:InternetMessageHeaders? t:DateTimeSent? t:DateTimeCreated?
	t:ResponseObjects? t:ReminderDueBy? t:ReminderIsSet? t:ReminderMinutesBeforeStart? t:DisplayCc? t:DisplayTo?
	t:HasAttachments? t:ExtendedProperty* t:Culture? t:UID? t:RecurrenceId? t:DateTimeStamp? t:Start? t:End?
	t:OriginalStart? t:IsAllDayEvent? t:LegacyFreeBusyStatus? t:Location? t:When? t:IsMeeting? t:IsCancelled?
	t:IsRecurring? t:MeetingRequestWasSent? t:IsResponseRequested? t:CalendarItemType? t:MyResponseType?
	t:Organizer? t:RequiredAttendees? t:OptionalAttendees? t:Resources? t:ConflictingMeetingCount?
	t:AdjacentMeetingCount? t:ConflictingMeetings? t:AdjacentMeetings? t:Duration? t:TimeZone?
	t:AppointmentReplyTime? t:AppointmentSequenceNumber? t:AppointmentState? t:Recurrence? t:FirstOccurrence?
	t:LastOccurrence? t:ModifiedOccurrences? t:DeletedOccurrences? t:MeetingTimeZone? t:StartTimeZone? t:EndTimeZone?`

const (
	folderIDs = "t:DistinguishedFolderId|t:FolderId"
	patterns  = `t:RelativeYearlyRecurrence|t:AbsoluteYearlyRecurrence|t:RelativeMonthlyRecurrence|
		t:AbsoluteMonthlyRecurrence|t:WeeklyRecurrence|t:DailyRecurrence`
	ranges = "t:NoEndRecurrence|t:EndDateRecurrence|t:NumberedRecurrence"
	paths  = "t:FieldURI|t:ExtendedFieldURI"
)

// schema has the types of the elements of requests (Messages.xsd and Types.xsd, as
// MS-OXWSCORE, MS-OXWSMTGS, MS-OXWSSRCH, MS-OXWSFOLD and MS-OXWSCDATA quote them).
var schema = map[string]rule{
	"s:Envelope":             {kids: "s:Header? s:Body+"},
	"s:Header":               {kids: "t:RequestServerVersion? t:TimeZoneContext?"},
	"t:RequestServerVersion": {attrs: "Version"},
	"t:TimeZoneContext":      {kids: "t:TimeZoneDefinition+"},
	"t:TimeZoneDefinition":   {attrs: "Id"},
	"s:Body":                 {kids: "m:CreateItem|m:UpdateItem|m:DeleteItem|m:GetItem|m:FindItem|m:FindFolder+"},

	"m:CreateItem":          {attrs: "MessageDisposition? SendMeetingInvitations?", kids: "m:SavedItemFolderId? m:Items+"},
	"m:SavedItemFolderId":   {kids: folderIDs + "+"},
	"m:Items":               {kids: "t:CalendarItem+"},
	"m:UpdateItem":          {attrs: "ConflictResolution MessageDisposition? SendMeetingInvitationsOrCancellations?", kids: "m:SavedItemFolderId? m:ItemChanges+"},
	"m:ItemChanges":         {kids: "t:ItemChange*"},
	"t:ItemChange":          {kids: "t:ItemId|t:OccurrenceItemId+ t:Updates+"},
	"t:Updates":             {kids: "t:AppendToItemField|t:SetItemField|t:DeleteItemField*"},
	"t:SetItemField":        {kids: paths + "+ t:CalendarItem+"},
	"t:AppendToItemField":   {kids: paths + "+ t:CalendarItem+"},
	"t:DeleteItemField":     {kids: paths + "+"},
	"m:DeleteItem":          {attrs: "DeleteType SendMeetingCancellations?", kids: "m:ItemIds+"},
	"m:GetItem":             {kids: "m:ItemShape+ m:ItemIds+"},
	"m:ItemIds":             {kids: "t:ItemId|t:OccurrenceItemId*"},
	"m:ItemShape":           {kids: "t:BaseShape+ t:IncludeMimeContent? t:BodyType? t:AdditionalProperties?"},
	"m:FolderShape":         {kids: "t:BaseShape+ t:AdditionalProperties?"},
	"m:FindItem":            {attrs: "Traversal", kids: "m:ItemShape+ m:IndexedPageItemView|m:CalendarView? m:Restriction? m:SortOrder? m:ParentFolderIds+"},
	"m:FindFolder":          {attrs: "Traversal", kids: "m:FolderShape+ m:IndexedPageFolderView? m:Restriction? m:ParentFolderIds+"},
	"m:IndexedPageItemView": {attrs: "MaxEntriesReturned? Offset BasePoint"},
	"m:IndexedPageFolderView": {
		attrs: "MaxEntriesReturned? Offset BasePoint"},
	"m:ParentFolderIds":       {kids: folderIDs + "*"},
	"m:Restriction":           {kids: "t:Or|t:And|t:IsEqualTo+"},
	"t:Or":                    {kids: "t:IsEqualTo*"},
	"t:IsEqualTo":             {kids: paths + "+ t:FieldURIOrConstant+"},
	"t:FieldURIOrConstant":    {kids: "t:Constant+"},
	"t:Constant":              {attrs: "Value"},
	"t:AdditionalProperties":  {kids: paths + "*"},
	"t:FieldURI":              {attrs: "FieldURI"},
	"t:ExtendedFieldURI":      {attrs: "DistinguishedPropertySetId PropertyId? PropertyName? PropertyType"},
	"t:ExtendedProperty":      {kids: "t:ExtendedFieldURI+ t:Value+"},
	"t:ItemId":                {attrs: "Id ChangeKey?"},
	"t:OccurrenceItemId":      {attrs: "RecurringMasterId ChangeKey? InstanceIndex"},
	"t:FolderId":              {attrs: "Id ChangeKey?"},
	"t:DistinguishedFolderId": {attrs: "Id ChangeKey?", kids: "t:Mailbox?"},
	"t:Mailbox":               {kids: "t:Name? t:EmailAddress? t:RoutingType? t:MailboxType?"},

	"t:CalendarItem":      {kids: calendarItem},
	"t:MimeContent":       {attrs: "CharacterSet?", text: true},
	"t:Body":              {attrs: "BodyType", text: true},
	"t:Categories":        {kids: "t:String*"},
	"t:RequiredAttendees": {kids: "t:Attendee*"},
	"t:OptionalAttendees": {kids: "t:Attendee*"},
	"t:Resources":         {kids: "t:Attendee*"},
	"t:Attendee":          {kids: "t:Mailbox+ t:ResponseType? t:LastResponseTime?"},
	"t:MeetingTimeZone":   {attrs: "TimeZoneName"},
	"t:StartTimeZone":     {attrs: "Id"},
	"t:EndTimeZone":       {attrs: "Id"},
	"t:Recurrence":        {kids: patterns + "+ " + ranges + "+"},

	"t:RelativeYearlyRecurrence":  {kids: "t:DaysOfWeek+ t:DayOfWeekIndex+ t:Month+"},
	"t:AbsoluteYearlyRecurrence":  {kids: "t:DayOfMonth+ t:Month+"},
	"t:RelativeMonthlyRecurrence": {kids: "t:Interval+ t:DaysOfWeek+ t:DayOfWeekIndex+"},
	"t:AbsoluteMonthlyRecurrence": {kids: "t:Interval+ t:DayOfMonth+"},
	"t:WeeklyRecurrence":          {kids: "t:Interval+ t:DaysOfWeek+ t:FirstDayOfWeek?"},
	"t:DailyRecurrence":           {kids: "t:Interval+"},
	"t:NoEndRecurrence":           {kids: "t:StartDate+"},
	"t:EndDateRecurrence":         {kids: "t:StartDate+ t:EndDate+"},
	"t:NumberedRecurrence":        {kids: "t:StartDate+ t:NumberOfOccurrences+"},
}

// leaves are the elements that have a text only, with the texts that they may have. Nil
// allows all.
var leaves = map[string][]string{
	"t:BaseShape": {"IdOnly", "Default", "AllProperties"}, "t:IncludeMimeContent": {"true", "false"},
	"t:BodyType": {"Best", "HTML", "Text"}, "t:Value": nil, "t:Name": nil, "t:EmailAddress": nil,
	"t:RoutingType": {"SMTP", "EX"}, "t:Subject": nil, "t:Sensitivity": {"Normal", "Personal", "Private", "Confidential"},
	"t:Importance": {"Low", "Normal", "High"}, "t:String": nil, "t:ReminderIsSet": {"true", "false"},
	"t:ReminderMinutesBeforeStart": nil, "t:Start": nil, "t:End": nil, "t:IsAllDayEvent": {"true", "false"},
	"t:LegacyFreeBusyStatus": {"Free", "Tentative", "Busy", "OOF", "WorkingElsewhere", "NoData"}, "t:Location": nil,
	"t:ResponseType": nil, "t:Interval": nil, "t:DaysOfWeek": nil,
	"t:DayOfWeekIndex": {"First", "Second", "Third", "Fourth", "Last"}, "t:DayOfMonth": nil,
	"t:Month":          {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	"t:FirstDayOfWeek": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	"t:StartDate":      nil, "t:EndDate": nil, "t:NumberOfOccurrences": nil,
}

// since has the version that an element or a value came with.
var since = map[string]ews.Version{
	"t:RequestServerVersion": ews.VersionExchange2007SP1, "t:TimeZoneContext": ews.VersionExchange2010, "t:StartTimeZone": ews.VersionExchange2010,
	"t:EndTimeZone": ews.VersionExchange2010, "calendar:StartTimeZone": ews.VersionExchange2010,
	"calendar:EndTimeZone": ews.VersionExchange2010, "t:FirstDayOfWeek": ews.VersionExchange2010SP1,
	"WorkingElsewhere": ews.VersionExchange2013,
}

// order has the versions, the oldest first.
var order = []ews.Version{
	ews.VersionExchange2007, ews.VersionExchange2007SP1, ews.VersionExchange2010, ews.VersionExchange2010SP1,
	ews.VersionExchange2010SP2, ews.VersionExchange2013, ews.VersionExchange2013SP1, ews.VersionExchange2016,
}

// validate checks an element against the schema of a version.
func (e *element) validate(v ews.Version) error {
	if s, ok := since[e.name]; ok && slices.Index(order, s) > slices.Index(order, v) {
		return fmt.Errorf("%s is not in the schema of %s", e.name, v)
	}
	for _, value := range []string{e.attrs["FieldURI"], e.text} {
		if s, ok := since[value]; ok && slices.Index(order, s) > slices.Index(order, v) {
			return fmt.Errorf("%s is not in the schema of %s", value, v)
		}
	}
	if values, ok := leaves[e.name]; ok {
		if len(e.kids) > 0 || len(e.attrs) > 0 {
			return fmt.Errorf("%s has children or attributes", e.name)
		}
		if values != nil && !slices.Contains(values, e.text) {
			return fmt.Errorf("%s has the value %q", e.name, e.text)
		}
		return nil
	}
	r, ok := schema[e.name]
	if !ok {
		return fmt.Errorf("%s is not in the schema", e.name)
	}
	if !r.text && strings.TrimSpace(e.text) != "" {
		return fmt.Errorf("%s has a text", e.name)
	}
	if err := e.checkAttrs(r.attrs); err != nil {
		return err
	}
	if err := e.checkKids(r.kids); err != nil {
		return err
	}
	for _, k := range e.kids {
		if err := k.validate(v); err != nil {
			return err
		}
	}
	return nil
}

// checkAttrs checks the names of the attributes.
func (e *element) checkAttrs(want string) error {
	left := len(e.attrs)
	for _, name := range strings.Fields(want) {
		name, optional := strings.CutSuffix(name, "?")
		_, found := e.attrs[name]
		if !found && !optional {
			return fmt.Errorf("%s lacks the attribute %s", e.name, name)
		}
		if found {
			left--
		}
	}
	if left > 0 {
		return fmt.Errorf("%s has an attribute that is not in the schema: %v", e.name, e.attrs)
	}
	return nil
}

// checkKids checks the order of the children.
func (e *element) checkKids(want string) error {
	kids := e.kids
	fields := strings.Fields(strings.ReplaceAll(want, "|\n", "|"))
	for _, f := range joinAlternatives(fields) {
		mark := f[len(f)-1]
		names := strings.Split(f[:len(f)-1], "|")
		n := 0
		for len(kids) > 0 && slices.Contains(names, kids[0].name) && (mark == '*' || n == 0) {
			kids, n = kids[1:], n+1
		}
		if mark == '+' && n == 0 {
			return fmt.Errorf("%s lacks %s", e.name, names)
		}
	}
	if len(kids) > 0 {
		return fmt.Errorf("%s has %s at a place where the schema does not have it", e.name, kids[0].name)
	}
	return nil
}

// joinAlternatives joins alternatives that stand on several lines.
func joinAlternatives(fields []string) (out []string) {
	for _, f := range fields {
		if len(out) > 0 && strings.HasSuffix(out[len(out)-1], "|") {
			out[len(out)-1] += f
		} else {
			out = append(out, f)
		}
	}
	return out
}
