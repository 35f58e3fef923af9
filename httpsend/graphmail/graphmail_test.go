package graphmail_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"testing"

	"github.com/convene-go/convene/httpsend/graphmail"
	"github.com/convene-go/convene/httpsend/internal/callcheck"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

var _ invite.ReceiptSender = (*graphmail.Sender)(nil)
var _ invite.Pacer = (*graphmail.Sender)(nil)

const requestID = "0b0f1c2d-1111-2222-3333-444455556666"

// failure returns an answer of Graph.
func failure(name string, status int, code, want string) callcheck.Fault {
	body := fmt.Sprintf(`{"error":{"code":"%s","message":"%s","innerError":{"request-id":"%s"}}}`, code, name, requestID)
	return callcheck.F(name, status, body, want, code)
}

var vendor = &callcheck.Vendor{
	New: func(s callcheck.Setup) (callcheck.Sender, error) {
		return graphmail.New(callcheck.Bearer(s.Client), "desk@example.com", &graphmail.Options{URL: s.URL, Timeout: s.Timeout, Finish: s.Finish, Logger: s.Logger})
	},
	Read: read,
	Accept: func(w http.ResponseWriter, _ *mime.Message) {
		w.Header().Set("request-id", requestID)
		w.WriteHeader(http.StatusAccepted)
	},
	Receipt: requestID, MaxSize: 3_000_000, MaxRecipients: 1000,
	Faults: []callcheck.Fault{
		failure("no MIME", 400, "ErrorMimeContentInvalid", "refused"),
		failure("no base64", 400, "ErrorMimeContentInvalidBase64String", "refused"),
		failure("bad recipients", 400, "ErrorInvalidRecipients", "refused"),
		failure("a bad request", 400, "BadRequest", "refused"),
		failure("a token that has expired", 401, "InvalidAuthenticationToken", "temporary"),
		failure("another sender", 403, "ErrorSendAsDenied", "refused"),
		failure("no permission", 403, "ErrorAccessDenied", "temporary"),
		failure("a blocked mailbox", 403, "ErrorMessageSubmissionBlocked", "temporary"),
		failure("no mailbox", 404, "MailboxNotEnabledForRESTAPI", "temporary"),
		failure("no such user", 404, "ErrorInvalidUser", "temporary"),
		failure("a conflict", 409, "ErrorIrresolvableConflict", "temporary"),
		failure("too large", 413, "RequestEntityTooLarge", "refused"),
		failure("too large for the mailbox", 400, "ErrorMessageSizeExceeded", "refused"),
		failure("the limit of a day", 400, "ErrorExceededMessageLimit", "temporary"),
		failure("too many requests", 429, "ApplicationThrottled", "temporary").Pause(10),
		failure("too many at once", 429, "MailboxConcurrency", "temporary"),
		failure("its failure", 500, "ErrorInternalServerError", "temporary"),
		failure("its failure for a while", 500, "ErrorInternalServerTransientError", "temporary"),
		failure("its gateway", 502, "BadGateway", "unknown"),
		failure("not now", 503, "ErrorServerBusy", "temporary").Pause(30),
		failure("no time left", 503, "ErrorTimeoutExpired", "unknown"),
		failure("its gateway, late", 504, "UnknownError", "unknown"),
		callcheck.F("another success", 200, `{}`, "unknown", ""),
	},
}

// read takes a request apart as Microsoft documents it.
func read(r *http.Request, body []byte) (*mime.Message, error) {
	if r.Method != "POST" || r.URL.Path != "/v1.0/users/desk@example.com/sendMail" ||
		r.Header.Get("Authorization") != "Bearer "+callcheck.Secret || r.Header.Get("Content-Type") != "text/plain" || len(body) > 4_000_000 {
		return nil, fmt.Errorf("%s %s with %v and %d octets", r.Method, r.URL, r.Header, len(body))
	}
	data, err := base64.StdEncoding.DecodeString(string(body))
	return &mime.Message{Data: data}, err
}

func TestGraph(t *testing.T) { vendor.Test(t) }

// TestPath names mailboxes in different ways.
func TestPath(t *testing.T) {
	for mailbox, want := range map[string]string{
		"":                 "graphmail https://graph.microsoft.com/v1.0/me/sendMail",
		"desk@example.com": "graphmail https://graph.microsoft.com/v1.0/users/desk@example.com/sendMail",
		"a/../b?c":         "graphmail https://graph.microsoft.com/v1.0/users/a%2F..%2Fb%3Fc/sendMail",
	} {
		if s, err := graphmail.New(new(http.Client), mailbox, nil); err != nil || s.String() != want {
			t.Errorf("New(%q) = %v, %v, want %s", mailbox, s, err, want)
		}
	}
	if s, err := graphmail.New(nil, "a\r\nb", &graphmail.Options{URL: "x y"}); err == nil {
		t.Errorf("New = %v", s)
	}
}

// TestNoClient has no client, so that nobody would add the token.
func TestNoClient(t *testing.T) {
	if s, err := graphmail.New(nil, "", nil); err == nil {
		t.Errorf("New(nil) = %v, want an error", s)
	}
}
