package ses_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/httpsend/internal/callcheck"
	"github.com/convene-go/convene/httpsend/ses"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

var _ invite.ReceiptSender = (*ses.Sender)(nil)
var _ invite.Pacer = (*ses.Sender)(nil)

const receipt = "0102019375e2a1b0-11111111-2222-3333-4444-555566667777-000000"

// failure returns an answer of Amazon.
func failure(name string, status int, code, want string) callcheck.Fault {
	f := callcheck.F(name, status, fmt.Sprintf(`{"message":"%s"}`, name), want, code)
	return f.With("X-Amzn-ErrorType", code+":http://internal.amazon.com/coral/com.amazonaws.sesv2/")
}

// config returns a configuration with static credentials.
func config(s callcheck.Setup) aws.Config {
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(s.URL), HTTPClient: s.Client,
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: callcheck.Secret, SessionToken: "session-" + callcheck.Secret}, nil
		}),
	}
}

var vendor = &callcheck.Vendor{
	New: func(s callcheck.Setup) (callcheck.Sender, error) {
		return ses.New(config(s), &ses.Options{ConfigurationSet: "invitations", Timeout: s.Timeout, Finish: s.Finish, Logger: s.Logger})
	},
	Read: read,
	Accept: func(w http.ResponseWriter, _ *mime.Message) {
		fmt.Fprintf(w, `{"MessageId":"%s"}`, receipt)
	},
	Receipt: receipt, MaxSize: 40 << 20, MaxRecipients: 50,
	Faults: []callcheck.Fault{
		failure("suspended", 400, "AccountSuspendedException", "refused"),
		failure("a bad request", 400, "BadRequestException", "refused"),
		failure("Email address is not verified.", 400, "MessageRejected", "refused"),
		failure("a bad domain", 400, "MailFromDomainNotVerifiedException", "refused"),
		failure("a limit", 400, "LimitExceededException", "temporary"),
		failure("paused", 400, "SendingPausedException", "temporary"),
		failure("Maximum sending rate exceeded.", 400, "ThrottlingException", "temporary"),
		failure("Daily message quota exceeded.", 429, "TooManyRequestsException", "temporary"),
		failure("no such configuration set", 404, "NotFoundException", "temporary"),
		failure("a wrong clock", 400, "RequestExpired", "temporary"),
		failure("a wrong secret", 403, "InvalidSignatureException", "temporary"),
		failure("no such key", 403, "UnrecognizedClientException", "temporary"),
		failure("no permission", 403, "AccessDeniedException", "temporary"),
		failure("an old token", 400, "ExpiredTokenException", "temporary"),
		failure("a value", 400, "ValidationException", "refused"),
		failure("its failure", 500, "InternalFailure", "temporary"),
		failure("its gateway", 502, "BadGateway", "unknown"),
		failure("not now", 503, "ServiceUnavailable", "temporary"),
		failure("its gateway, late", 504, "GatewayTimeout", "unknown"),
		callcheck.F("in the body", 400, `{"__type":"com.amazonaws.sesv2#ThrottlingException","message":"x"}`, "temporary", "ThrottlingException"),
		callcheck.F("without a name", 500, `{"message":"x"}`, "temporary", ""),
	},
}

// read takes a request apart as Amazon documents it.
func read(r *http.Request, body []byte) (*mime.Message, error) {
	auth := r.Header.Get("Authorization")
	if r.Method != "POST" || r.URL.Path != "/v2/email/outbound-emails" || r.Header.Get("Content-Type") != "application/json" ||
		!strings.HasPrefix(auth, "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") || !strings.Contains(auth, "/eu-west-1/ses/aws4_request") {
		return nil, fmt.Errorf("%s %s with %v", r.Method, r.URL, r.Header)
	}
	var v struct {
		FromEmailAddress     string
		Destination          struct{ ToAddresses []string }
		Content              struct{ Raw struct{ Data []byte } }
		ConfigurationSetName string
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		return nil, err
	}
	if v.ConfigurationSetName != "invitations" {
		return nil, fmt.Errorf("configuration set %q", v.ConfigurationSetName)
	}
	return &mime.Message{From: v.FromEmailAddress, To: v.Destination.ToAddresses, Data: v.Content.Raw.Data}, nil
}

func TestSES(t *testing.T) { vendor.Test(t) }

// TestNew makes senders of configurations.
func TestNew(t *testing.T) {
	good := config(callcheck.Setup{})
	good.BaseEndpoint, good.HTTPClient = nil, nil
	if s, err := ses.New(good, nil); err != nil || s.String() != "ses https://email.eu-west-1.amazonaws.com/v2/email/outbound-emails" {
		t.Errorf("New = %v, %v", s, err)
	}
	noRegion, noKey := good, good
	noRegion.Region, noKey.Credentials = "", nil
	for _, c := range []aws.Config{noRegion, noKey, {}} {
		if s, err := ses.New(c, nil); err == nil || s != nil {
			t.Errorf("New(%+v) = %v, %v, want an error", c.Region, s, err)
		}
	}
}

// TestNoCredentials has a provider that gives no credentials. Nothing is sent.
func TestNoCredentials(t *testing.T) {
	c := config(callcheck.Setup{URL: "http://127.0.0.1:1"})
	c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
		return aws.Credentials{}, errors.New("no EC2 IMDS role found")
	})
	s, err := ses.New(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	var e *httpsend.Error
	if err := s.Send(t.Context(), callcheck.Letter("ann@example.com")); !errors.As(err, &e) || !e.Temporary || !strings.Contains(err.Error(), "IMDS") {
		t.Errorf("Send = %v, want a temporary error with the cause", err)
	}
}

// client is a client that is no *http.Client, like the one of the AWS SDK.
type client struct{ *http.Client }

func (c client) Do(r *http.Request) (*http.Response, error) { return c.Client.Do(r) }

// TestOtherClient sends with another client.
func TestOtherClient(t *testing.T) {
	asked := 0
	c := config(callcheck.Setup{URL: "http://127.0.0.1:1"})
	c.HTTPClient = client{&http.Client{Transport: callcheck.Transport(func([]byte) { asked++ }, 200, `{"MessageId":"1"}`)}}
	s, err := ses.New(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := s.SendReceipt(t.Context(), callcheck.Letter("ann@example.com")); err != nil || r.ID != "1" || asked != 1 {
		t.Errorf("SendReceipt = %v, %v after %d requests", r, err, asked)
	}
}
