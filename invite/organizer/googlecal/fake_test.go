package googlecal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
)

// owner is the owner of the calendar.
const owner = "olga@example.com"

// fake is a Google calendar as the documentation of the Calendar API v3 describes it. It
// refuses everything that the documentation does not know.
type fake struct {
	*httptest.Server
	mu     sync.Mutex
	events map[string]map[string]any // by identifier
	number int
	// mails is the number of mails to attendees.
	mails int
	// imports is the number of entries that were made.
	imports int
	// requests are the requests so far, such as "PATCH patch".
	requests []string
	// lose is the number of the change whose reply is lost, counted down. 0 loses none.
	lose int
	// fail is the reply to requests that fail.
	fail func(r *http.Request) *failure
}

type failure struct {
	status     int
	reason     string
	message    string
	retryAfter string
	body       string // instead of the JSON of an error
}

func newFake(t testing.TB) *fake {
	f := &fake{events: make(map[string]map[string]any)}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	op, id := f.route(r)
	f.requests = append(f.requests, r.Method+" "+op)
	if f.fail != nil {
		if x := f.fail(r); x != nil {
			x.write(w)
			return
		}
	}
	if !strings.HasPrefix(r.URL.EscapedPath(), "/calendars/primary/events") {
		(&failure{status: 404, reason: "notFound", message: "Not Found"}).write(w)
		return
	}
	reply, x := f.handle(op, id, r)
	if x != nil {
		x.write(w)
		return
	}
	if r.Method != http.MethodGet && f.lose > 0 {
		if f.lose--; f.lose == 0 {
			panic(http.ErrAbortHandler)
		}
	}
	if reply == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	_ = json.NewEncoder(w).Encode(reply)
}

func (x *failure) write(w http.ResponseWriter) {
	if x.retryAfter != "" {
		w.Header().Set("Retry-After", x.retryAfter)
	}
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(x.status)
	if x.body != "" {
		_, _ = w.Write([]byte(x.body))
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{
		"errors": []any{map[string]any{"domain": "global", "reason": x.reason, "message": x.message}},
		"code":   x.status, "message": x.message,
	}})
}

func bad(format string, args ...any) *failure {
	return &failure{status: 400, reason: "invalid", message: fmt.Sprintf(format, args...)}
}

// route returns the name of the method, and the identifier of the event.
func (f *fake) route(r *http.Request) (op, id string) {
	_, rest, _ := strings.Cut(r.URL.EscapedPath(), "/events")
	rest = strings.TrimPrefix(rest, "/")
	first, second, _ := strings.Cut(rest, "/")
	first, _ = url.PathUnescape(first)
	switch {
	case r.Method == http.MethodGet && rest == "":
		return "list", ""
	case r.Method == http.MethodPost && rest == "import":
		return "import", ""
	case r.Method == http.MethodGet && second == "instances":
		return "instances", first
	case second != "":
		return "unknown", ""
	case r.Method == http.MethodPatch:
		return "patch", first
	case r.Method == http.MethodDelete:
		return "delete", first
	}
	return "unknown", ""
}

// parameters are the query parameters of each method that the fake knows.
var parameters = map[string][]string{
	"list":      {"iCalUID", "showDeleted", "maxResults", "pageToken"},
	"import":    {},
	"instances": {"originalStart", "showDeleted", "maxResults", "pageToken"},
	"patch":     {"sendUpdates"},
	"delete":    {"sendUpdates"},
}

func (f *fake) handle(op, id string, r *http.Request) (any, *failure) {
	known, ok := parameters[op]
	if !ok {
		return nil, &failure{status: 404, reason: "notFound", message: "Not Found"}
	}
	q := r.URL.Query()
	for name := range q {
		if !slices.Contains(known, name) {
			return nil, bad("unknown parameter %s", name)
		}
	}
	body, x := readBody(r)
	if x != nil {
		return nil, x
	}
	switch op {
	case "list":
		return f.list(q)
	case "import":
		return f.importEvent(body)
	case "instances":
		return f.instances(id, q)
	}
	e, x := f.find(id, r)
	if x != nil {
		return nil, x
	}
	if q.Get("sendUpdates") != "none" {
		list, _ := e["attendees"].([]any)
		f.mails += len(list)
	}
	if op == "delete" {
		f.cancel(id, e)
		return nil, nil
	}
	return f.patch(id, e, body)
}

func (f *fake) list(q url.Values) (any, *failure) {
	var all []any
	for _, id := range slices.Sorted(maps.Keys(f.events)) {
		e := f.events[id]
		if uid := q.Get("iCalUID"); uid != "" && e["iCalUID"] != uid {
			continue
		}
		if e["status"] == "cancelled" && q.Get("showDeleted") != "true" {
			continue
		}
		all = append(all, e)
	}
	// Small pages show that all are read.
	const size = 2
	at, _ := strconv.Atoi(q.Get("pageToken"))
	reply := map[string]any{"kind": "calendar#events", "items": all[min(at, len(all)):min(at+size, len(all))]}
	if at+size < len(all) {
		reply["nextPageToken"] = strconv.Itoa(at + size)
	}
	return reply, nil
}

func (f *fake) importEvent(body map[string]any) (any, *failure) {
	uid, _ := body["iCalUID"].(string)
	if uid == "" || body["start"] == nil || body["end"] == nil {
		return nil, &failure{status: 400, reason: "required", message: "Required"}
	}
	if body["id"] != nil || body["recurringEventId"] != nil {
		return nil, bad("not in an import of this fake")
	}
	if !participates(body) {
		return nil, &failure{
			status: 400, reason: "participantIsNeitherOrganizerNorAttendee",
			message: "The owner of the calendar must either be the organizer or an attendee of an event that is imported.",
		}
	}
	id := ""
	for i, e := range f.events {
		if e["iCalUID"] == uid && e["recurringEventId"] == nil {
			id = i
			if sequence(body) < sequence(e) {
				return nil, bad("Invalid sequence value. The specified sequence number is below the current sequence number of the resource.")
			}
		}
	}
	if id == "" || f.events[id]["status"] == "cancelled" {
		f.imports++
	}
	if id == "" {
		f.number++
		id = fmt.Sprintf("id%03d", f.number)
	}
	return f.store(id, body)
}

func participates(e map[string]any) bool {
	if o, ok := e["organizer"].(map[string]any); ok && o["email"] == owner {
		return true
	}
	list, _ := e["attendees"].([]any)
	return slices.ContainsFunc(list, func(a any) bool { return a.(map[string]any)["email"] == owner })
}

func sequence(e map[string]any) float64 { n, _ := e["sequence"].(float64); return n }

// store checks an event and keeps it.
func (f *fake) store(id string, e map[string]any) (any, *failure) {
	if x := check(e); x != nil {
		return nil, x
	}
	if list, ok := e["recurrence"].([]any); ok && len(list) == 0 {
		delete(e, "recurrence")
	}
	f.number++
	e["id"], e["kind"], e["etag"] = id, "calendar#event", fmt.Sprintf(`"%d"`, f.number)
	e["updated"] = time.Date(2026, 1, 1, 0, 0, f.number, 0, time.UTC).Format("2006-01-02T15:04:05.000Z")
	if e["reminders"] == nil {
		e["reminders"] = map[string]any{"useDefault": true}
	}
	// The service leaves out values that are the default.
	for name, standard := range map[string]any{"transparency": "opaque", "visibility": "default", "sequence": 0.0} {
		if e[name] == standard {
			delete(e, name)
		}
	}
	f.events[id] = e
	return e, nil
}

func (f *fake) find(id string, r *http.Request) (map[string]any, *failure) {
	e, ok := f.events[id]
	if !ok {
		if e = f.virtual(id); e == nil {
			return nil, &failure{status: 404, reason: "notFound", message: "Not Found"}
		}
	}
	if e["status"] == "cancelled" && e["recurringEventId"] == nil {
		return nil, &failure{status: 410, reason: "deleted", message: "Resource has been deleted"}
	}
	if m := r.Header.Get("If-Match"); m != "" && m != "*" && m != e["etag"] {
		return nil, &failure{status: 412, reason: "conditionNotMet", message: "Precondition Failed"}
	}
	return e, nil
}

func (f *fake) cancel(id string, e map[string]any) {
	f.number++
	e = maps.Clone(e)
	e["status"], e["etag"] = "cancelled", fmt.Sprintf(`"%d"`, f.number)
	f.events[id] = e
}

func (f *fake) patch(id string, e, body map[string]any) (any, *failure) {
	for _, name := range []string{"id", "etag", "iCalUID", "organizer", "recurringEventId", "originalStartTime", "updated"} {
		if _, ok := body[name]; ok {
			return nil, bad("%s is read-only", name)
		}
	}
	if _, ok := body["sequence"]; ok && sequence(body) < sequence(e) {
		return nil, bad("Invalid sequence value.")
	}
	next := mergePatch(clone(e), body).(map[string]any)
	if next["status"] == "cancelled" && next["recurringEventId"] == nil {
		f.cancel(id, next)
		return f.events[id], nil
	}
	return f.store(id, next)
}

func clone(e map[string]any) map[string]any {
	data, _ := json.Marshal(e)
	var out map[string]any
	_ = json.Unmarshal(data, &out)
	return out
}

// mergePatch is a patch as the API describes it: objects are merged, arrays are replaced,
// and null deletes.
func mergePatch(to, patch any) any {
	p, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	t, ok := to.(map[string]any)
	if !ok {
		t = map[string]any{}
	}
	for k, v := range p {
		if v == nil {
			delete(t, k)
		} else {
			t[k] = mergePatch(t[k], v)
		}
	}
	return t
}

// resource is the Events resource with the types of its fields.
type resource struct {
	Kind, ID, ETag, Status, HTMLLink, Created, Updated, Summary, Description, Location, ColorID *string
	ICalUID                                                                                     *string `json:"iCalUID"`
	Organizer                                                                                   *struct{ ID, Email, DisplayName *string }
	Start, End, OriginalStartTime                                                               *when
	Recurrence                                                                                  []string
	RecurringEventID                                                                            *string
	Transparency, Visibility                                                                    *string
	Sequence                                                                                    *int
	Attendees                                                                                   []struct {
		ID, Email, DisplayName, ResponseStatus, Comment *string
		Organizer, Self, Resource, Optional             *bool
		AdditionalGuests                                *int
	}
	ExtendedProperties *struct{ Private, Shared map[string]*string }
	Reminders          *struct {
		UseDefault *bool
		Overrides  []struct {
			Method  *string
			Minutes *int
		}
	}
}

type when struct{ Date, DateTime, TimeZone *string }

// readBody reads a body and checks its types.
func readBody(r *http.Request) (map[string]any, *failure) {
	if r.Method == http.MethodGet || r.Method == http.MethodDelete {
		return nil, nil
	}
	if r.Header.Get("Content-Type") != "application/json" {
		return nil, bad("wrong media type")
	}
	var b bytes.Buffer
	_, _ = b.ReadFrom(r.Body)
	d := json.NewDecoder(bytes.NewReader(b.Bytes()))
	d.DisallowUnknownFields()
	if err := d.Decode(new(resource)); err != nil {
		return nil, &failure{status: 400, reason: "parseError", message: err.Error()}
	}
	var out map[string]any
	_ = json.Unmarshal(b.Bytes(), &out)
	return out, nil
}

// check checks the values of an event.
func check(e map[string]any) *failure {
	start, end := e["start"].(map[string]any), e["end"].(map[string]any)
	for _, m := range []map[string]any{start, end} {
		if (m["date"] == nil) == (m["dateTime"] == nil) {
			return bad("a time has either date or dateTime")
		}
	}
	lines, _ := e["recurrence"].([]any)
	if len(lines) > 0 && start["dateTime"] != nil && start["timeZone"] == nil {
		return &failure{status: 400, reason: "required", message: "Missing time zone definition for start time."}
	}
	if zone, ok := start["timeZone"].(string); ok {
		if _, err := time.LoadLocation(zone); err != nil {
			return bad("Invalid time zone definition")
		}
	}
	if timeOf(end).Before(timeOf(start)) {
		return &failure{status: 400, reason: "timeRangeEmpty", message: "The specified time range is empty."}
	}
	if len(lines) > 0 && seriesOf(e) == nil {
		return bad("Invalid recurrence rule.")
	}
	for name, allowed := range map[string][]string{
		"status": {"confirmed", "tentative", "cancelled"}, "transparency": {"opaque", "transparent"},
		"visibility": {"default", "public", "private", "confidential"},
	} {
		if v, ok := e[name].(string); ok && !slices.Contains(allowed, v) {
			return bad("Invalid value for: %s", name)
		}
	}
	list, _ := e["attendees"].([]any)
	for _, a := range list {
		m := a.(map[string]any)
		if !strings.Contains(fmt.Sprint(m["email"]), "@") {
			return bad("Invalid attendee email.")
		}
		if s, ok := m["responseStatus"].(string); ok && !slices.Contains([]string{"needsAction", "declined", "tentative", "accepted"}, s) {
			return bad("Invalid response status")
		}
	}
	if x, ok := e["extendedProperties"].(map[string]any); ok {
		private, _ := x["private"].(map[string]any)
		total := 0
		for k, v := range private {
			total += len(k) + len(v.(string))
			if len(k) > 44 || len(v.(string)) > 1024 {
				return bad("extended property is too long")
			}
		}
		if len(private) > 300 || total > 32<<10 {
			return bad("too many extended properties")
		}
	}
	return nil
}

func timeOf(m map[string]any) time.Time {
	if d, ok := m["date"].(string); ok {
		t, _ := time.Parse(time.DateOnly, d)
		return t
	}
	t, _ := time.Parse(time.RFC3339, m["dateTime"].(string))
	return t
}

// seriesOf returns the series of an event, or nil if its lines cannot be read.
func seriesOf(e map[string]any) *ical.Event {
	start := e["start"].(map[string]any)
	line := "DTSTART;VALUE=DATE:" + timeOf(start).Format("20060102")
	if zone, ok := start["timeZone"].(string); ok {
		loc, _ := time.LoadLocation(zone)
		line = "DTSTART;TZID=" + zone + ":" + timeOf(start).In(loc).Format("20060102T150405")
	}
	text := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\n" + line + "\r\n"
	for _, l := range e["recurrence"].([]any) {
		text += l.(string) + "\r\n"
	}
	c, err := ical.Decode(strings.NewReader(text+"END:VEVENT\r\nEND:VCALENDAR\r\n"), nil)
	if err != nil || len(c.Events) != 1 || c.Events[0].Recurrence == nil {
		return nil
	}
	return &c.Events[0]
}

// virtual returns an occurrence that is like its series. Its identifier is that of the
// series with the original start in UTC.
func (f *fake) virtual(id string) map[string]any {
	parent, at, _ := strings.Cut(id, "_")
	e, ok := f.events[parent]
	if !ok || e["status"] == "cancelled" || e["recurrence"] == nil {
		return nil
	}
	layout := "20060102"
	if strings.Contains(at, "T") {
		layout = "20060102T150405Z"
	}
	start, err := time.Parse(layout, at)
	s := seriesOf(e)
	if err != nil || s == nil {
		return nil
	}
	if _, ok := s.Occurrence(start); !ok {
		return nil
	}
	out := clone(e)
	delete(out, "recurrence")
	delete(out, "extendedProperties")
	length := timeOf(e["end"].(map[string]any)).Sub(timeOf(e["start"].(map[string]any)))
	out["id"], out["recurringEventId"] = id, parent
	out["start"], out["end"] = moment(s, start), moment(s, start.Add(length))
	out["originalStartTime"] = moment(s, start)
	return out
}

func (f *fake) instances(id string, q url.Values) (any, *failure) {
	e, ok := f.events[id]
	if !ok || e["recurrence"] == nil {
		return nil, &failure{status: 404, reason: "notFound", message: "Not Found"}
	}
	start, err := time.Parse(time.RFC3339, q.Get("originalStart"))
	name := start.UTC().Format("20060102T150405Z")
	if err != nil {
		if start, err = time.Parse(time.DateOnly, q.Get("originalStart")); err != nil {
			return nil, bad("Invalid value for: originalStart")
		}
		name = start.Format("20060102")
	}
	items := []any{}
	if x, ok := f.events[id+"_"+name]; ok {
		if x["status"] != "cancelled" || q.Get("showDeleted") == "true" {
			items = append(items, x)
		}
	} else if x := f.virtual(id + "_" + name); x != nil {
		items = append(items, x)
	}
	return map[string]any{"kind": "calendar#events", "items": items}, nil
}

// moment returns a time as the resource has it.
func moment(s *ical.Event, t time.Time) map[string]any {
	if s.AllDay {
		return map[string]any{"date": t.Format(time.DateOnly)}
	}
	return map[string]any{"dateTime": t.In(s.Start.Location()).Format(time.RFC3339), "timeZone": s.Start.Location().String()}
}

// edit changes a resource as another program does.
func (f *fake) edit(t testing.TB, id string, patch map[string]any) {
	t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	e, x := f.find(id, &http.Request{})
	if x == nil {
		_, x = f.patch(id, e, clone(patch))
	}
	if x != nil {
		t.Fatalf("editing %s: %+v", id, *x)
	}
}

// idOf returns the identifier of the series with a UID.
func (f *fake) idOf(uid string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	for id, e := range f.events {
		if e["iCalUID"] == uid && e["recurringEventId"] == nil && e["status"] != "cancelled" {
			return id
		}
	}
	return ""
}

func (f *fake) set(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
}
