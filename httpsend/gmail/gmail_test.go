package gmail_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/httpsend/gmail"
	"github.com/convene-go/convene/httpsend/internal/callcheck"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

var _ invite.ReceiptSender = (*gmail.Sender)(nil)
var _ invite.Pacer = (*gmail.Sender)(nil)

// failure returns an answer of Google.
func failure(name string, status int, reason, want string) callcheck.Fault {
	body := fmt.Sprintf(`{"error":{"code":%d,"message":"%s","errors":[{"domain":"usageLimits","reason":"%s","message":"x"}]}}`, status, name, reason)
	return callcheck.F(name, status, body, want, reason)
}

var vendor = &callcheck.Vendor{
	New: func(s callcheck.Setup) (callcheck.Sender, error) {
		return gmail.New(callcheck.Bearer(s.Client), &gmail.Options{URL: s.URL, Timeout: s.Timeout, Finish: s.Finish, Logger: s.Logger})
	},
	Read: read,
	Accept: func(w http.ResponseWriter, _ *mime.Message) {
		fmt.Fprint(w, `{"id":"18f3c0ffee123456","threadId":"18f3c0ffee123456","labelIds":["SENT"]}`)
	},
	Receipt: "18f3c0ffee123456", MaxSize: 36_700_160, MaxRecipients: 500,
	Faults: []callcheck.Fault{
		failure("a bad request", 400, "badRequest", "refused"),
		failure("a bad argument", 400, "invalidArgument", "refused"),
		failure("no mailbox", 400, "failedPrecondition", "temporary"),
		failure("a token that has expired", 401, "authError", "temporary"),
		failure("the limit of a day", 403, "dailyLimitExceeded", "temporary"),
		failure("the limit of a user", 403, "userRateLimitExceeded", "temporary"),
		failure("the limit of a project", 403, "rateLimitExceeded", "temporary"),
		failure("the policy of a domain", 403, "domainPolicy", "temporary"),
		failure("no permission", 403, "insufficientPermissions", "temporary"),
		failure("no such user", 404, "notFound", "temporary"),
		failure("too large", 413, "uploadTooLarge", "refused"),
		failure("too many requests", 429, "rateLimitExceeded", "temporary").Pause(60),
		failure("the limit of mails", 429, "userRateLimitExceeded", "temporary"),
		failure("its failure", 500, "backendError", "temporary"),
		failure("its gateway", 502, "badGateway", "unknown"),
		failure("not now", 503, "backendError", "temporary"),
		failure("its gateway, late", 504, "gatewayTimeout", "unknown"),
		callcheck.F("without a reason", 403, `{"error":{"code":403,"message":"x","status":"PERMISSION_DENIED"}}`, "temporary", "403"),
	},
}

// read takes a request apart as Google documents it.
func read(r *http.Request, body []byte) (*mime.Message, error) {
	if r.Method != "POST" || r.URL.Path != "/upload/gmail/v1/users/me/messages/send" || r.URL.RawQuery != "uploadType=media" ||
		r.Header.Get("Authorization") != "Bearer "+callcheck.Secret || r.Header.Get("Content-Type") != "message/rfc822" {
		return nil, fmt.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
	}
	return &mime.Message{Data: body}, nil
}

func TestGmail(t *testing.T) { vendor.Test(t) }

// TestEnvelope compares the header of mails with their envelopes.
func TestEnvelope(t *testing.T) {
	for _, x := range []struct {
		name, header string
		to           []string
		front        string // what is added, or "refused"
	}{
		{"the same", "To: Ann <ann@example.com>, bob@example.com\r\n", []string{"bob@example.com", "ann@EXAMPLE.com"}, ""},
		{"in Cc", "To: ann@example.com\r\nCc: =?utf-8?q?J=C3=B6rg?= <bob@example.com>\r\n", []string{"ann@example.com", "bob@example.com"}, ""},
		{"two fields", "To: ann@example.com\r\nTO: bob@example.com\r\n", []string{"ann@example.com", "bob@example.com"}, ""},
		{"a group", "To: team: ann@example.com, bob@example.com;\r\n", []string{"ann@example.com", "bob@example.com"}, ""},
		{"hidden", "To: ann@example.com\r\n", []string{"ann@example.com", "bob@example.com", "carl@example.com"}, "Bcc: <bob@example.com>,\r\n <carl@example.com>\r\n"},
		{"twice", "To: undisclosed-recipients:;\r\n", []string{"bob@example.com", "bob@example.com"}, "Bcc: <bob@example.com>\r\n"},
		{"in no field", "X: y\r\n", []string{"ann@example.com"}, "Bcc: <ann@example.com>\r\n"},
		{"a stranger", "To: ann@example.com, eve@example.com\r\n", []string{"ann@example.com"}, "refused"},
		{"a stranger in Bcc", "To: ann@example.com\r\nBcc: eve@example.com\r\n", []string{"ann@example.com"}, "refused"},
		{"no addresses", "To: ann at example\r\n", []string{"ann@example.com"}, "refused"},
	} {
		t.Run(x.name, func(t *testing.T) {
			var got []byte
			transport := callcheck.Transport(func(body []byte) { got = body }, 200, `{"id":"1"}`)
			s, err := gmail.New(&http.Client{Transport: transport}, nil)
			if err != nil {
				t.Fatal(err)
			}
			m := &mime.Message{From: "desk@example.com", To: x.to, Data: []byte(x.header + "Subject: x\r\n\r\nx\r\n")}
			err = s.Send(t.Context(), m)
			var e *httpsend.Error
			if refused := errors.Is(err, httpsend.ErrRecipients) && errors.As(err, &e) && e.Refused(); refused != (x.front == "refused") || refused != (got == nil) {
				t.Fatalf("Send = %v, %q has arrived", err, got)
			}
			if got != nil && !bytes.Equal(got, []byte(x.front+string(m.Data))) {
				t.Errorf("%q has arrived, want %q in front", got, x.front)
			}
		})
	}
}

// TestTokenFails has a client that gets no token. Nothing is sent.
func TestTokenFails(t *testing.T) {
	s, err := gmail.New(&http.Client{Transport: callcheck.Broken("oauth2: cannot fetch token: 400")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Send(t.Context(), callcheck.Letter("ann@example.com"))
	var e *httpsend.Error
	if !errors.As(err, &e) || !e.Temporary || !strings.Contains(err.Error(), "cannot fetch token") {
		t.Errorf("Send = %v, want a temporary error with the cause", err)
	}
}

// TestNoClient has no client, so that nobody would add the token.
func TestNoClient(t *testing.T) {
	if s, err := gmail.New(nil, nil); err == nil {
		t.Errorf("New(nil) = %v, want an error", s)
	}
}
