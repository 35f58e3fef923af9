package ews_test

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/convene-go/convene/invite/organizer/ews"
)

// The people of the fake server.
const (
	owner    = "organizer@example.com"
	boss     = "boss@example.com" // lets the owner read
	room     = "room@example.com" // lets the owner write
	secret   = "Password"         // of the owner
	userName = `EXAMPLE\organizer`
)

// fake is an Exchange server as the documentation describes it. It takes requests that are
// valid by the schema only, and answers as the servers do.
type fake struct {
	t   *testing.T
	srv *httptest.Server

	mu       sync.Mutex
	version  ews.Version // of the server
	auth     string      // ntlm, basic, negotiate, bearer or none
	folders  map[string]*mailFolder
	items    []*mailItem
	made     int
	mails    int
	requests []*element // the bodies, in order
	raw      []string
	fail     func(op string, n int) *failure // of the n-th request, from 1
	lose     int                             // the number of changes whose reply will be lost
	logins   map[string]*login               // by connection
	refused  int                             // 401s

	seeds          map[string]string // the last response of each kind, if it is not nil
	importsAnswers bool              // an import keeps PARTSTAT
	mimeAttendees  bool              // the MIME has the attendees
}

// failure is what the server does instead of an answer.
type failure struct {
	code, text string // a message
	backOff    int    // milliseconds
	fault      bool   // as a SOAP fault
	status     int    // a page of HTTP
	header     map[string]string
	body       string
	drop       bool   // closes the connection
	after      bool   // after carrying out the request
	run        func() // is called first
}

// mailFolder is a folder of a mailbox.
type mailFolder struct {
	id, name, mailbox, class string
}

// newFake starts a server.
func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, version: ews.VersionExchange2016, auth: "basic", mimeAttendees: true, logins: map[string]*login{},
		folders: map[string]*mailFolder{}}
	for _, m := range []string{owner, boss, room} {
		f.addFolder(m, "Calendar", "IPF.Appointment")
	}
	f.srv = httptest.NewTLSServer(f)
	t.Cleanup(f.srv.Close)
	return f
}

// addFolder adds a folder and returns its identifier.
func (f *fake) addFolder(mailbox, name, class string) string {
	id := fmt.Sprintf("folder-%d", len(f.folders)+1)
	f.folders[id] = &mailFolder{id: id, name: name, mailbox: mailbox, class: class}
	return id
}

// open opens the owner's calendar. change may be nil.
func (f *fake) open(t *testing.T, change func(o *ews.Options)) *ews.Calendar {
	t.Helper()
	o := &ews.Options{Username: userName, Password: secret, TLSConfig: f.srv.Client().Transport.(*http.Transport).TLSClientConfig}
	if change != nil {
		change(o)
	}
	c, err := ews.Open(f.srv.URL, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// changes are the operations that change something.
var changes = []string{"CreateItem", "UpdateItem", "DeleteItem"}

// ServeHTTP answers a request.
func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Method != http.MethodPost || r.URL.Path != ews.DefaultPath {
		http.NotFound(w, r)
		return
	}
	if !f.authenticate(w, r, body) {
		f.refused++
		return
	}
	root, op, problem := f.read(r, body)
	if problem != nil {
		f.answer(w, op, problem)
		return
	}
	f.requests, f.raw = append(f.requests, root.kid("s:Body").kids[0]), append(f.raw, string(body))
	var fail *failure
	if f.fail != nil {
		if fail = f.fail(op, len(f.requests)); fail != nil && fail.run != nil {
			fail.run()
		}
		if fail != nil && fail.code == "" && fail.status == 0 && !fail.drop {
			fail = nil
		}
	}
	if fail != nil && !fail.after {
		f.answer(w, op, fail)
		return
	}
	out := f.perform(op, root)
	if f.lose > 0 && slices.Contains(changes, op) {
		f.lose--
		fail = &failure{drop: true}
	}
	if fail != nil {
		f.answer(w, op, fail)
		return
	}
	f.write(w, http.StatusOK, out)
}

// read reads a request as strictly as the schema says.
func (f *fake) read(r *http.Request, body []byte) (*element, string, *failure) {
	root, err := parseXML(body)
	if err != nil {
		return nil, "", &failure{fault: true, code: "ErrorSchemaValidation", text: err.Error()}
	}
	v := ews.Version(root.kid("s:Header", "t:RequestServerVersion").attrs["Version"])
	if v == "" {
		v = ews.VersionExchange2007
	}
	switch {
	case r.Header.Get("Content-Type") != "text/xml; charset=utf-8":
		return nil, "", &failure{status: http.StatusUnsupportedMediaType}
	case slices.Index(order, v) < 0, slices.Index(order, v) > slices.Index(order, f.version):
		return nil, "", &failure{fault: true, code: "ErrorInvalidServerVersion", text: "the version is not known"}
	}
	if err := root.validate(v); err != nil {
		f.t.Errorf("the request is not valid: %v\n%s", err, body)
		return nil, "", &failure{fault: true, code: "ErrorSchemaValidation", text: err.Error()}
	}
	op := strings.TrimPrefix(root.kid("s:Body").kids[0].name, "m:")
	if want := `"http://schemas.microsoft.com/exchange/services/2006/messages/` + op + `"`; r.Header.Get("SOAPAction") != want {
		f.t.Errorf("SOAPAction is %s, want %s", r.Header.Get("SOAPAction"), want)
	}
	return root, op, nil
}

// answer does what a failure says.
func (f *fake) answer(w http.ResponseWriter, op string, x *failure) {
	for k, v := range x.header {
		w.Header().Set(k, v)
	}
	details := ""
	if x.backOff > 0 {
		details = fmt.Sprintf(`<t:Value xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" Name="BackOffMilliseconds">%d</t:Value>`, x.backOff)
	}
	switch {
	case x.drop:
		panic(http.ErrAbortHandler)
	case x.status != 0:
		w.WriteHeader(x.status)
		_, _ = io.WriteString(w, x.body)
	case x.fault:
		f.write(w, http.StatusInternalServerError, fmt.Sprintf(`<s:Fault><faultcode xmlns:a="http://schemas.microsoft.com/exchange/services/2006/types">a:%s</faultcode>`+
			`<faultstring xml:lang="en-US">%s</faultstring><detail><e:ResponseCode xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">%s</e:ResponseCode>`+
			`<e:Message xmlns:e="http://schemas.microsoft.com/exchange/services/2006/errors">%s</e:Message><t:MessageXml xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">%s</t:MessageXml></detail></s:Fault>`,
			x.code, escape(x.text), x.code, escape(x.text), details))
	default:
		f.write(w, http.StatusOK, messages(op, problem(op, x.code, x.text, details)))
	}
}

// write writes a response.
func (f *fake) write(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	w.WriteHeader(status)
	body = `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>` +
		`<h:ServerVersionInfo MajorVersion="15" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>` + body + `</s:Body></s:Envelope>`
	_, _ = io.WriteString(w, body)
	if f.seeds != nil {
		name := "Fault"
		if status == http.StatusOK {
			name = strings.TrimPrefix(f.requests[len(f.requests)-1].name, "m:")
		}
		f.seeds[name] = body
	}
}

// messages returns the response to an operation.
func messages(op, list string) string {
	return fmt.Sprintf(`<m:%sResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types">`+
		`<m:ResponseMessages>%s</m:ResponseMessages></m:%sResponse>`, op, list, op)
}

// problem returns a message that reports an error.
func problem(op, code, text, details string) string {
	class := "Error"
	if code == "ErrorBatchProcessingStopped" {
		class = "Warning"
	}
	return fmt.Sprintf(`<m:%sResponseMessage ResponseClass=%q><m:MessageText>%s</m:MessageText><m:ResponseCode>%s</m:ResponseCode>`+
		`<m:DescriptiveLinkKey>0</m:DescriptiveLinkKey><m:MessageXml>%s</m:MessageXml></m:%sResponseMessage>`, op, class, escape(text), code, details, op)
}

// success returns a message that reports success.
func success(op, content string) string {
	return fmt.Sprintf(`<m:%sResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>%s</m:%sResponseMessage>`, op, content, op)
}

// escape escapes a text for XML.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// count returns the number of requests of an operation.
func (f *fake) count(op string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.requests {
		if op == "" || r.name == "m:"+op {
			n++
		}
	}
	return n
}

// sent returns the number of mails that the server would have sent.
func (f *fake) sent() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mails
}
