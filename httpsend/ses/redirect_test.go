package ses_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/httpsend/ses"
	"github.com/convene-go/convene/mime"
)

// plainDoer is a client of another type.
type plainDoer struct{ c *http.Client }

func (d plainDoer) Do(r *http.Request) (*http.Response, error) { return d.c.Do(r) }

// TestRedirectByClient has clients that follow redirects by themselves, as that of the AWS
// SDK does. The mail must not go to another server.
func TestRedirectByClient(t *testing.T) {
	var got atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n, _ := io.Copy(io.Discard, r.Body); n > 0 {
			got.Add(1)
		}
		io.WriteString(w, `{"MessageId":"stolen"}`)
	}))
	defer other.Close()
	for name, c := range map[string]aws.HTTPClient{"BuildableClient": awshttp.NewBuildableClient(), "another": plainDoer{&http.Client{}}} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) }))
			sender, err := ses.New(aws.Config{
				Region: "eu-west-1", BaseEndpoint: &s.URL, HTTPClient: c,
				Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
					return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
				}),
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, err = sender.SendReceipt(t.Context(), &mime.Message{From: "a@example.com", To: []string{"b@example.com"}, Data: []byte("Subject: x\r\n\r\nx\r\n")})
			s.Close()
			var e *httpsend.Error
			if !errors.As(err, &e) || !e.Temporary || e.Status != status || got.Load() > 0 {
				t.Errorf("%s: %d: Send = %v, and another server has %d mails", name, status, err, got.Load())
			}
		}
	}
}
