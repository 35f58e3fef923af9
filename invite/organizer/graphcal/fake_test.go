package graphcal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/windowszones"
)

// fake is a mailbox of Exchange Online as the documentation of Microsoft Graph v1.0
// describes it. It refuses everything that the documentation does not know.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	events map[string]*item
	number int
	// mails is the number of mails to attendees.
	mails int
	// creations is the number of events that were made.
	creations int
	// conflict makes the fake answer a repeated transactionId with 409 and not with the
	// event, because the documentation does not say what happens.
	conflict bool
	// requests are the requests so far, such as "PATCH event".
	requests []string
	// lose is the number of the change whose reply is lost, counted down. 0 loses none.
	lose int
	// fail is the reply to requests that fail.
	fail func(r *http.Request) *failure
}

// item is an event, with the occurrences that differ if it is a series.
type item struct {
	id, etag   string
	fields     map[string]any            // as JSON
	exceptions map[string]map[string]any // the changed fields, by day
	etags      map[string]string         // by day
	deleted    map[string]bool           // by day
}

type failure struct {
	status     int
	code       string
	message    string
	retryAfter string
	body       string // instead of the JSON of an error
}

func newFake(t testing.TB) *fake {
	f := &fake{events: make(map[string]*item)}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := strings.Split(strings.Trim(r.URL.EscapedPath(), "/"), "/")
	for i := range path {
		path[i], _ = url.PathUnescape(path[i])
	}
	f.requests = append(f.requests, r.Method+" "+strconv.Itoa(len(path)))
	if f.fail != nil {
		if x := f.fail(r); x != nil {
			x.write(w)
			return
		}
	}
	status, reply, x := f.handle(path, r)
	if x != nil {
		x.write(w)
		return
	}
	if r.Method != http.MethodGet && f.lose > 0 {
		if f.lose--; f.lose == 0 {
			panic(http.ErrAbortHandler)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if reply != nil {
		_ = json.NewEncoder(w).Encode(reply)
	}
}

func (x *failure) write(w http.ResponseWriter) {
	if x.retryAfter != "" {
		w.Header().Set("Retry-After", x.retryAfter)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(x.status)
	if x.body != "" {
		_, _ = w.Write([]byte(x.body))
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"code": x.code, "message": x.message,
		"innerError": map[string]any{"request-id": "00000000-0000-0000-0000-000000000000", "date": "2026-01-01T00:00:00"},
	}})
}

func bad(format string, args ...any) *failure {
	return &failure{status: 400, code: "RequestBroker--ParseUri", message: fmt.Sprintf(format, args...)}
}

var notFound = &failure{status: 404, code: "ErrorItemNotFound", message: "The specified object was not found in the store."}

const mailbox = "olga@example.com"

// handle answers /users/{mailbox}/events and what lies below it, and
// /users/{mailbox}/calendars/{id}/events.
func (f *fake) handle(path []string, r *http.Request) (int, any, *failure) {
	if len(path) < 3 || path[0] != "users" {
		return 0, nil, bad("unknown path")
	}
	if path[1] != mailbox {
		return 0, nil, &failure{status: 404, code: "ErrorInvalidUser", message: "The requested user is invalid."}
	}
	path = path[2:]
	if path[0] == "calendars" && len(path) == 3 {
		if path[1] != "team" {
			return 0, nil, notFound
		}
		path = path[2:]
	}
	if path[0] != "events" {
		return 0, nil, bad("unknown path")
	}
	known := map[string][]string{
		"GET 1": {"$filter", "$select", "$top", "$skip"}, "POST 1": {}, "GET 2": {"$expand"}, "PATCH 2": {}, "DELETE 2": {},
		"GET 3": {"startDateTime", "endDateTime", "$select", "$top", "$skip"},
	}
	route := r.Method + " " + strconv.Itoa(len(path))
	options, ok := known[route]
	if !ok || len(path) == 3 && path[2] != "instances" {
		return 0, nil, bad("unknown path")
	}
	for name := range r.URL.Query() {
		if !slices.Contains(options, name) {
			return 0, nil, bad("unknown option %s", name)
		}
	}
	switch route {
	case "GET 1":
		list, x := f.filter(r.URL.Query().Get("$filter"))
		return f.page(r, list, x)
	case "POST 1":
		return f.create(r)
	case "GET 3":
		list, x := f.instances(path[1], r.URL.Query())
		return f.page(r, list, x)
	}
	return f.one(path[1], r)
}

// page returns a part of a list. Small pages show that all are read.
func (f *fake) page(r *http.Request, list []map[string]any, x *failure) (int, any, *failure) {
	if x != nil {
		return 0, nil, x
	}
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("$top"))
	size = min(max(size/2, 5), 500)
	at, _ := strconv.Atoi(q.Get("$skip"))
	fields := strings.Split(q.Get("$select"), ",")
	values := []any{}
	for _, e := range list[min(at, len(list)):min(at+size, len(list))] {
		out := map[string]any{"@odata.etag": e["@odata.etag"]}
		for _, name := range fields {
			if v, ok := e[name]; ok {
				out[name] = v
			}
		}
		values = append(values, out)
	}
	reply := map[string]any{"value": values}
	if at+size < len(list) {
		q.Set("$skip", strconv.Itoa(at+size))
		reply["@odata.nextLink"] = "https://graph.microsoft.com/v1.0" + r.URL.EscapedPath() + "?" + q.Encode()
	}
	return 200, reply, nil
}

var (
	byUID = regexp.MustCompile(`^iCalUId eq '((?:[^']|'')*)'$`)
	byKey = regexp.MustCompile(`^singleValueExtendedProperties/Any\(ep: ep/id eq '([^']*)' and ep/value eq '([^']*)'\)$`)
)

func (f *fake) filter(filter string) ([]map[string]any, *failure) {
	var match func(e *item) bool
	if m := byUID.FindStringSubmatch(filter); m != nil {
		// Exchange compares texts without case.
		match = func(e *item) bool {
			return strings.EqualFold(fmt.Sprint(e.fields["iCalUId"]), strings.ReplaceAll(m[1], "''", "'"))
		}
	} else if m := byKey.FindStringSubmatch(filter); m != nil {
		match = func(e *item) bool { return strings.EqualFold(e.property(m[1]), m[2]) && e.property(m[1]) != "" }
	} else {
		return nil, &failure{status: 400, code: "ErrorInvalidUrlQueryFilter", message: "The query filter is invalid."}
	}
	var out []map[string]any
	for _, id := range slices.Sorted(maps.Keys(f.events)) {
		if match(f.events[id]) {
			out = append(out, f.events[id].json())
		}
	}
	return out, nil
}

func (e *item) property(id string) string {
	list, _ := e.fields["singleValueExtendedProperties"].([]any)
	for _, p := range list {
		if p.(map[string]any)["id"] == id {
			return p.(map[string]any)["value"].(string)
		}
	}
	return ""
}

// event is the event resource with the types of its fields, as far as a program may write
// them.
type writable struct {
	Subject, ShowAs, Sensitivity, TransactionID, Importance *string
	Body                                                    *struct{ ContentType, Content *string }
	Start, End                                              *struct{ DateTime, TimeZone *string }
	Location                                                *struct{ DisplayName *string }
	IsAllDay, IsReminderOn, IsOnlineMeeting                 *bool
	ReminderMinutesBeforeStart                              *int
	Categories                                              []string
	Recurrence                                              *struct {
		Pattern *struct {
			Type, FirstDayOfWeek, Index *string
			Interval, DayOfMonth, Month *int
			DaysOfWeek                  []string
		}
		Range *struct {
			Type, StartDate, EndDate, RecurrenceTimeZone *string
			NumberOfOccurrences                          *int
		}
	}
	Attendees []struct {
		Type         *string
		EmailAddress *struct{ Name, Address *string }
		Status       *struct{ Response *string }
	}
	SingleValueExtendedProperties []struct{ ID, Value *string }
}

func readBody(r *http.Request) (map[string]any, *failure) {
	if r.Header.Get("Content-Type") != "application/json" {
		return nil, bad("wrong media type")
	}
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	d := json.NewDecoder(bytes.NewReader(b.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(new(writable)); err != nil {
		return nil, &failure{status: 400, code: "RequestBodyRead", message: err.Error()}
	}
	var out map[string]any
	_ = json.Unmarshal(b.Bytes(), &out)
	return out, nil
}

func invalid(format string, args ...any) *failure {
	return &failure{status: 400, code: "ErrorPropertyValidationFailure", message: fmt.Sprintf(format, args...)}
}

func (f *fake) create(r *http.Request) (int, any, *failure) {
	body, x := readBody(r)
	if x != nil {
		return 0, nil, x
	}
	if id, ok := body["transactionId"]; ok {
		for _, e := range f.events {
			if e.fields["transactionId"] == id {
				if f.conflict {
					return 0, nil, &failure{status: 409, code: "ErrorDuplicateTransactionId", message: "Duplicate."}
				}
				return 201, e.json(), nil
			}
		}
	}
	f.number++
	f.creations++
	e := &item{id: fmt.Sprintf("AAMk%03d=", f.number), fields: map[string]any{
		"iCalUId":      fmt.Sprintf("040000008200E00074C5B7101A82E0080000%04d", f.number),
		"isReminderOn": true, "reminderMinutesBeforeStart": 15.0, "showAs": "busy", "sensitivity": "normal",
		"organizer": map[string]any{"emailAddress": map[string]any{"name": "Olga", "address": mailbox}},
	}}
	if x := f.store(e, body); x != nil {
		return 0, nil, x
	}
	f.events[e.id] = e
	f.mail(e.fields)
	return 201, e.json(), nil
}

// mail counts the mails for a change of an event that has attendees.
func (f *fake) mail(fields map[string]any) {
	list, _ := fields["attendees"].([]any)
	f.mails += len(list)
}

// store checks changed fields and writes them into an event.
func (f *fake) store(e *item, body map[string]any) *failure {
	next := maps.Clone(e.fields)
	for k, v := range body {
		if k != "singleValueExtendedProperties" {
			next[k] = v
			continue
		}
		list, _ := next[k].([]any)
		for _, p := range v.([]any) {
			id := p.(map[string]any)["id"]
			list = slices.DeleteFunc(slices.Clone(list), func(o any) bool { return o.(map[string]any)["id"] == id })
			list = append(list, p)
		}
		next[k] = list
	}
	if next["recurrence"] == nil {
		delete(next, "recurrence")
	}
	if x := check(next); x != nil {
		return x
	}
	if m, ok := body["start"].(map[string]any); ok {
		next["originalStartTimeZone"] = m["timeZone"]
	}
	if body["recurrence"] != nil || body["start"] != nil || body["recurrence"] == nil && next["recurrence"] == nil {
		e.exceptions, e.deleted, e.etags = map[string]map[string]any{}, map[string]bool{}, map[string]string{}
	}
	e.fields = next
	f.touch(e)
	return nil
}

func (f *fake) touch(e *item) {
	f.number++
	e.etag = fmt.Sprintf(`W/"%d"`, f.number)
	e.fields["lastModifiedDateTime"] = time.Date(2026, 1, 1, 0, 0, f.number, 0, time.UTC).Format(time.RFC3339)
}

var words = map[string][]string{
	"showAs":      {"free", "tentative", "busy", "oof", "workingElsewhere", "unknown"},
	"sensitivity": {"normal", "personal", "private", "confidential"},
}

// check checks the values of an event.
func check(e map[string]any) *failure {
	for name, allowed := range words {
		if !slices.Contains(allowed, fmt.Sprint(e[name])) {
			return invalid("%s is %v", name, e[name])
		}
	}
	if e["start"] == nil || e["end"] == nil {
		return invalid("start and end are required")
	}
	start, err := timeOf(e["start"])
	end, err2 := timeOf(e["end"])
	if err != nil || err2 != nil {
		return &failure{status: 400, code: "TimeZoneNotSupportedException", message: "A valid TimeZone value must be specified."}
	}
	if end.Before(start) {
		return &failure{status: 400, code: "ErrorPropertyValidationFailure", message: "The end is before the start."}
	}
	if e["isAllDay"] == true && (start.Hour() != 0 || end.Hour() != 0 || !end.After(start)) {
		return invalid("The Event.Start and End of an all-day event must be midnight.")
	}
	if b, ok := e["body"].(map[string]any); ok && b["contentType"] != "text" && b["contentType"] != "html" {
		return invalid("contentType")
	}
	if e["recurrence"] != nil {
		return checkRule(e["recurrence"].(map[string]any), start)
	}
	return nil
}

// allowedParts are the properties of each type of pattern. Others are an error.
var allowedParts = map[string][]string{
	"daily": {"interval"}, "weekly": {"interval", "daysOfWeek", "firstDayOfWeek"},
	"absoluteMonthly": {"interval", "dayOfMonth"}, "relativeMonthly": {"interval", "daysOfWeek", "index"},
	"absoluteYearly": {"interval", "dayOfMonth", "month"}, "relativeYearly": {"interval", "daysOfWeek", "index", "month"},
}

func checkRule(r map[string]any, start time.Time) *failure {
	p, b := r["pattern"].(map[string]any), r["range"].(map[string]any)
	allowed, ok := allowedParts[fmt.Sprint(p["type"])]
	if !ok {
		return invalid("pattern.type is %v", p["type"])
	}
	for name := range p {
		if name != "type" && !slices.Contains(allowed, name) {
			return invalid("%s is not for %s", name, p["type"])
		}
	}
	for _, name := range allowed {
		if p[name] == nil && name != "index" {
			return invalid("%s is required for %s", name, p["type"])
		}
	}
	switch {
	case b["startDate"] != start.Format(time.DateOnly):
		return invalid("startDate is %v, and the event starts on %s", b["startDate"], start.Format(time.DateOnly))
	case b["type"] == "noEnd" && b["endDate"] == nil && b["numberOfOccurrences"] == nil:
	case b["type"] == "endDate" && b["endDate"] != nil && b["numberOfOccurrences"] == nil:
	case b["type"] == "numbered" && b["endDate"] == nil && b["numberOfOccurrences"] != nil:
	default:
		return invalid("range.type is %v", b["type"])
	}
	return nil
}

// zones are the zones that were loaded, by name.
var zones sync.Map

// zone returns a zone. It knows the names of IANA that the documentation of dateTimeTimeZone
// lists, in part, and all names of Windows.
func zone(name string) (*time.Location, error) {
	if z, ok := zones.Load(name); ok {
		return z.(*time.Location), nil
	}
	z, err := load(name)
	if err == nil {
		zones.Store(name, z)
	}
	return z, err
}

func load(name string) (*time.Location, error) {
	if iana, ok := windowszones.Lookup(name); ok {
		return time.LoadLocation(iana)
	}
	if name == "UTC" || name == "Europe/Berlin" || name == "America/New_York" {
		return time.LoadLocation(name)
	}
	return nil, fmt.Errorf("unknown zone %s", name)
}

// timeOf reads a dateTimeTimeZone.
func timeOf(v any) (time.Time, error) {
	m := v.(map[string]any)
	z, err := zone(fmt.Sprint(m["timeZone"]))
	if err != nil {
		return time.Time{}, err
	}
	return time.ParseInLocation("2006-01-02T15:04:05", m["dateTime"].(string), z)
}

func inUTC(t time.Time, allDay bool) map[string]any {
	if !allDay {
		t = t.UTC()
	}
	return map[string]any{"dateTime": t.Format("2006-01-02T15:04:05.0000000"), "timeZone": "UTC"}
}

// json returns an event as the service shows it. Times are in UTC, and a text ends with a
// line end.
func (e *item) json() map[string]any {
	out := shown(e.fields)
	out["id"], out["@odata.etag"], out["type"] = e.id, e.etag, "singleInstance"
	if e.fields["recurrence"] != nil {
		out["type"] = "seriesMaster"
	}
	return out
}

func shown(fields map[string]any) map[string]any {
	out := maps.Clone(fields)
	allDay := fields["isAllDay"] == true
	for _, name := range []string{"start", "end"} {
		t, _ := timeOf(fields[name])
		out[name] = inUTC(t, allDay)
	}
	if b, ok := fields["body"].(map[string]any); ok {
		text := strings.ReplaceAll(b["content"].(string), "\n", "\r\n") + "\r\n"
		out["body"] = map[string]any{"contentType": "text", "content": text}
	}
	return out
}

// one answers requests for a single event or an occurrence.
func (f *fake) one(id string, r *http.Request) (int, any, *failure) {
	parent, day, isInstance := strings.Cut(id, ".")
	e, ok := f.events[parent]
	if !ok {
		return 0, nil, notFound
	}
	etag, fields := e.etag, e.json()
	if isInstance {
		if fields = e.occurrence(day); fields == nil {
			return 0, nil, notFound
		}
		etag = fields["@odata.etag"].(string)
	}
	if m := r.Header.Get("If-Match"); m != "" && m != "*" && m != etag {
		return 0, nil, &failure{
			status: 412, code: "ErrorIrresolvableConflict",
			message: "The send or update operation could not be performed because the change key passed in the request does not match the current change key for the item.",
		}
	}
	switch r.Method {
	case http.MethodGet:
		return f.get(fields, r)
	case http.MethodDelete:
		f.mail(fields)
		if isInstance {
			delete(e.exceptions, day)
			e.deleted[day] = true
		} else {
			delete(f.events, parent)
		}
		return 204, nil, nil
	}
	body, x := readBody(r)
	if x != nil {
		return 0, nil, x
	}
	if body["transactionId"] != nil {
		return 0, nil, invalid("transactionId cannot be changed")
	}
	f.mail(fields)
	if isInstance {
		return f.patchInstance(e, day, body)
	}
	if x := f.store(e, body); x != nil {
		return 0, nil, x
	}
	f.mailIfNew(fields, e.fields)
	return 200, e.json(), nil
}

// mailIfNew counts the invitations to the first attendees.
func (f *fake) mailIfNew(before, now map[string]any) {
	if before["attendees"] == nil {
		f.mail(now)
	}
}

var expand = regexp.MustCompile(`^singleValueExtendedProperties\(\$filter=id eq '([^']*)'\)$`)

func (f *fake) get(fields map[string]any, r *http.Request) (int, any, *failure) {
	out := maps.Clone(fields)
	list, _ := out["singleValueExtendedProperties"].([]any)
	delete(out, "singleValueExtendedProperties")
	if v := r.URL.Query().Get("$expand"); v != "" {
		m := expand.FindStringSubmatch(v)
		if m == nil {
			return 0, nil, bad("$expand")
		}
		for _, p := range list {
			if p.(map[string]any)["id"] == m[1] {
				out["singleValueExtendedProperties"] = []any{p}
			}
		}
	}
	if r.Header.Get("Prefer") != `outlook.body-content-type="text"` && out["body"] != nil {
		out["body"] = map[string]any{"contentType": "html", "content": "<html><body>" + out["body"].(map[string]any)["content"].(string) + "</body></html>"}
	}
	return 200, out, nil
}
