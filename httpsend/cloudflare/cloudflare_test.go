package cloudflare_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/httpsend/cloudflare"
	"github.com/convene-go/convene/httpsend/internal/callcheck"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

var _ invite.ReceiptSender = (*cloudflare.Sender)(nil)
var _ invite.Pacer = (*cloudflare.Sender)(nil)

const (
	account = "023e105f4ecef8ad9ca31a8372d0c353"
	receipt = "0194-4d2b@mail.example.com"
)

// failure returns an answer of Cloudflare.
func failure(name string, status, code int, want string) callcheck.Fault {
	body := fmt.Sprintf(`{"success":false,"errors":[{"code":%d,"message":"%s"}],"messages":[],"result":null}`, code, name)
	return callcheck.F(name, status, body, want, fmt.Sprint(code))
}

var vendor = &callcheck.Vendor{
	New: func(s callcheck.Setup) (callcheck.Sender, error) {
		return cloudflare.New(account, callcheck.Secret, &cloudflare.Options{URL: s.URL, Client: s.Client, Timeout: s.Timeout, Finish: s.Finish, Logger: s.Logger})
	},
	Read: read,
	Accept: func(w http.ResponseWriter, m *mime.Message) {
		var v struct {
			Success bool `json:"success"`
			Result  struct {
				Delivered []string `json:"delivered"`
				Queued    []string `json:"queued"`
				Bounced   []string `json:"permanent_bounces"`
				ID        string   `json:"message_id"`
			} `json:"result"`
		}
		v.Success, v.Result.ID = true, receipt
		for i, to := range m.To {
			switch {
			case to == callcheck.Refused:
				v.Result.Bounced = append(v.Result.Bounced, to)
			case i%2 == 0:
				v.Result.Delivered = append(v.Result.Delivered, to)
			default:
				v.Result.Queued = append(v.Result.Queued, to)
			}
		}
		json.NewEncoder(w).Encode(v)
	},
	Receipt: receipt, EachRecipient: true, MaxSize: 25 << 20, MaxRecipients: 50,
	Faults: []callcheck.Fault{
		failure("invalid request", 400, 10001, "refused"),
		failure("invalid content", 400, 10200, "refused"),
		failure("message too large", 400, 10202, "refused"),
		failure("message too large for HTTP", 413, 10202, "refused"),
		failure("cannot be processed", 422, 1000, "refused"),
		failure("a bad token", 401, 10000, "temporary"),
		failure("sender domain not verified", 403, 1000, "temporary"),
		failure("sending is disabled", 403, 10203, "temporary"),
		failure("not entitled", 403, 2036, "temporary"),
		failure("no such account", 404, 7003, "temporary"),
		failure("no such method", 405, 10405, "temporary"),
		failure("too many requests", 429, 10004, "temporary").Pause(5),
		failure("the limit of a day", 429, 10005, "temporary"),
		failure("its failure", 500, 10002, "temporary"),
		failure("its gateway", 502, 10002, "unknown"),
		failure("not now", 503, 10002, "temporary"),
		failure("its gateway, late", 504, 10002, "unknown"),
		callcheck.F("an unknown error of the edge", 520, "error code: 520", "unknown", ""),
		callcheck.F("success that is none", 200, `{"success":false,"errors":[{"code":1,"message":"x"}]}`, "unknown", ""),
	},
}

// read takes a request apart as Cloudflare documents it.
func read(r *http.Request, body []byte) (*mime.Message, error) {
	if r.Method != "POST" || r.URL.Path != "/accounts/"+account+"/email/sending/send_raw" ||
		r.Header.Get("Authorization") != "Bearer "+callcheck.Secret || r.Header.Get("Content-Type") != "application/json" {
		return nil, fmt.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
	}
	var v struct {
		From       string   `json:"from"`
		Recipients []string `json:"recipients"`
		Message    string   `json:"mime_message"`
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	err := d.Decode(&v)
	return &mime.Message{From: v.From, To: v.Recipients, Data: []byte(v.Message)}, err
}

func TestCloudflare(t *testing.T) { vendor.Test(t) }

// TestRecipients has answers that tell several fates.
func TestRecipients(t *testing.T) {
	for _, x := range []struct {
		name, result string
		want         []string // address and fate of each error
	}{
		{"all", `"delivered":["ann@example.com"],"queued":["BOB@example.com","carl@example.com"]`, nil},
		{"one bounced", `"delivered":["ann@example.com"],"permanent_bounces":["bob@example.com"],"queued":["carl@example.com"]`, []string{"bob@example.com refused"}},
		{"one missing", `"delivered":["ann@example.com","carl@example.com"]`, []string{"bob@example.com unknown"}},
		{"a contradiction", `"delivered":["ann@example.com","bob@example.com","carl@example.com"],"permanent_bounces":["bob@example.com"]`, nil},
		{"nobody", ``, []string{"ann@example.com unknown", "bob@example.com unknown", "carl@example.com unknown"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			transport := callcheck.Transport(func([]byte) {}, 200, `{"success":true,"result":{`+x.result+`}}`)
			s, err := cloudflare.New(account, "token", &cloudflare.Options{Client: &http.Client{Transport: transport}})
			if err != nil {
				t.Fatal(err)
			}
			err = s.Send(t.Context(), callcheck.Letter("ann@example.com", "bob@example.com", "carl@example.com"))
			var got []string
			if joined, ok := err.(interface{ Unwrap() []error }); ok {
				for _, part := range joined.Unwrap() {
					var e *httpsend.Error
					if errors.As(part, &e) {
						got = append(got, e.Recipient()+map[bool]string{true: " refused"}[e.Refused()]+map[bool]string{true: " unknown"}[e.Uncertain()])
					}
				}
			}
			if diff := cmp.Diff(x.want, got); diff != "" {
				t.Errorf("Send = %v (-want +got):\n%s", err, diff)
			}
		})
	}
}

// TestNotUTF8 sends octets that JSON cannot hold.
func TestNotUTF8(t *testing.T) {
	s, err := cloudflare.New(account, "token", &cloudflare.Options{Client: &http.Client{Transport: callcheck.Broken("asked")}})
	if err != nil {
		t.Fatal(err)
	}
	m := callcheck.Letter("ann@example.com")
	m.Data = append(m.Data, "\xff\r\n"...)
	var e *httpsend.Error
	if err := s.Send(t.Context(), m); !errors.As(err, &e) || !e.Refused() || strings.Contains(err.Error(), "asked") {
		t.Errorf("Send = %v, want a refusal", err)
	}
}
