package mailgun_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"github.com/convene-go/convene/httpsend/internal/callcheck"
	"github.com/convene-go/convene/httpsend/mailgun"
	"github.com/convene-go/convene/invite"
	mail "github.com/convene-go/convene/mime"
)

var _ invite.ReceiptSender = (*mailgun.Sender)(nil)
var _ invite.Pacer = (*mailgun.Sender)(nil)

const receipt = "<20270301080000.1234567890@mail.example.com>"

var vendor = &callcheck.Vendor{
	New: func(s callcheck.Setup) (callcheck.Sender, error) {
		return mailgun.New("mail.example.com", callcheck.Secret, &mailgun.Options{
			URL: s.URL, Client: s.Client, Timeout: s.Timeout, Finish: s.Finish, Logger: s.Logger,
		})
	},
	Read: read,
	Accept: func(w http.ResponseWriter, _ *mail.Message) {
		fmt.Fprintf(w, `{"id":"%s","message":"Queued. Thank you."}`, receipt)
	},
	Receipt: receipt, MaxSize: 25 << 20, MaxRecipients: 1000,
	Faults: []callcheck.Fault{
		callcheck.F("no recipients", 400, `{"message":"to parameter is missing"}`, "refused", ""),
		callcheck.F("an address", 400, `{"message":"to parameter is not a valid address. please check documentation"}`, "refused", ""),
		callcheck.F("no message", 400, `{"message":"message parameter is missing"}`, "refused", ""),
		callcheck.F("too many recipients", 400, `{"message":"Too many recipients; max is 1000"}`, "refused", ""),
		callcheck.F("a wrong key", 401, "Forbidden", "temporary", ""),
		callcheck.F("a wrong key, JSON", 401, `{"message":"Invalid private key"}`, "temporary", ""),
		callcheck.F("no money", 402, `{"message":"payment required"}`, "temporary", ""),
		callcheck.F("sandbox", 403, `{"message":"Domain sandbox.example.com is not allowed to send: Free accounts are for test purposes only."}`, "temporary", ""),
		callcheck.F("no such domain", 404, `{"message":"Domain not found: mail.example.com"}`, "temporary", ""),
		callcheck.F("no such path", 404, `404 page not found`, "temporary", ""),
		callcheck.F("too large", 413, `{"message":"Request Entity Too Large"}`, "refused", ""),
		callcheck.F("too many requests", 429, `{"message":"Too many requests"}`, "temporary", "").Pause(7),
		callcheck.F("its failure", 500, `{"message":"Internal Server Error"}`, "temporary", ""),
		callcheck.F("its gateway", 502, `{"message":"Bad Gateway"}`, "unknown", ""),
		callcheck.F("not now", 503, `{"message":"Service Unavailable"}`, "temporary", ""),
		callcheck.F("its gateway, late", 504, `{"message":"Gateway Timeout"}`, "unknown", ""),
	},
}

// read takes a request apart as Mailgun documents it.
func read(r *http.Request, body []byte) (*mail.Message, error) {
	user, key, _ := r.BasicAuth()
	if r.Method != "POST" || r.URL.Path != "/v3/mail.example.com/messages.mime" || user != "api" || key != callcheck.Secret {
		return nil, fmt.Errorf("%s %s by %s", r.Method, r.URL, user)
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return nil, fmt.Errorf("Content-Type %s: %w", r.Header.Get("Content-Type"), err)
	}
	m := &mail.Message{From: "desk@example.com"} // Mailgun takes no reverse path
	tracking := ""
	for form := multipart.NewReader(bytes.NewReader(body), params["boundary"]); ; {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		switch part.FormName() {
		case "to":
			m.To = append(m.To, string(data))
		case "o:tracking":
			tracking = string(data)
		case "message":
			if part.FileName() == "" {
				return nil, errors.New("'message' parameter is not a file")
			}
			m.Data = data
		default:
			return nil, fmt.Errorf("field %q", part.FormName())
		}
	}
	if tracking != "no" || len(m.To) == 0 || len(m.Data) == 0 {
		return nil, fmt.Errorf("tracking %q, %d recipients, %d octets", tracking, len(m.To), len(m.Data))
	}
	return m, nil
}

func TestMailgun(t *testing.T) { vendor.Test(t) }

// TestNew makes senders of values that cannot be right.
func TestNew(t *testing.T) {
	for _, x := range [][3]string{{"", "key"}, {"mail.example.com", ""}, {"mail.example.com", "key\r\nX: y"}, {"mail.example.com", "key", "api.mailgun.net"}} {
		if s, err := mailgun.New(x[0], x[1], &mailgun.Options{URL: x[2]}); err == nil || s != nil || strings.Contains(err.Error(), "key\r") {
			t.Errorf("New(%q) = %v, %v", x, s, err)
		}
	}
	if s, err := mailgun.New("a/../b", "key", nil); err != nil || s.String() != "mailgun https://api.mailgun.net/v3/a%2F..%2Fb/messages.mime" {
		t.Errorf("New = %v, %v", s, err)
	}
}
