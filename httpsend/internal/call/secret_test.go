package call_test

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/convene-go/convene/httpsend/internal/call"
)

// bearer authorizes requests, as golang.org/x/oauth2 does.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// TestSecretInGarbage has a server that repeats the key in an answer that is no HTTP, which
// the transport quotes in its error, and in a field that the API reads.
func TestSecretInGarbage(t *testing.T) {
	const key = "key-0123456789/abc"
	for name, answer := range map[string]string{
		"status": "%s\r\n\r\n",
		"text":   "HTTP/1.1 400 Bad Request\r\nX-Key: %s\r\n\r\n",
		"field":  "HTTP/1.1 200 OK\r\n%s\x01\r\nbad %[1]s\r\n\r\n",
	} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		go func() {
			for {
				nc, err := l.Accept()
				if err != nil {
					return
				}
				r, err := http.ReadRequest(bufio.NewReader(nc))
				if err == nil {
					io.Copy(io.Discard, r.Body)
					fmt.Fprintf(nc, answer, r.Header.Get("Authorization"))
				}
				nc.Close()
			}
		}()
		basic := base64.StdEncoding.EncodeToString([]byte("api:" + key))
		for _, edit := range []func(a *call.API){
			func(a *call.API) { a.Client = &http.Client{Transport: bearer(key)} },
			func(a *call.API) { a.Client = &http.Client{Transport: bearer(basic)} },
		} {
			escaped := func(a *call.API) {
				a.Fault = func(a *call.Answer) (code, text string, ok bool) {
					return a.Header.Get("X-Key"), a.Header.Get("X-Key"), true
				}
			}
			_, err = api(t, "http://"+l.Addr().String(), edit, escaped).Send(t.Context(), letter(100))
			if err == nil || strings.Contains(err.Error(), key) || strings.Contains(err.Error(), basic) {
				t.Errorf("%s: the error shows the key: %v", name, err)
			}
		}
	}
}

// TestSecretInURL gives a password in the address.
func TestSecretInURL(t *testing.T) {
	a := &call.API{Name: "test", URL: "https://ann:hunter22@api.example.com/send"}
	err := a.Init()
	if err == nil || strings.Contains(err.Error(), "hunter22") {
		t.Errorf("Init = %v, and String = %s, want an error without the password", err, a)
	}
	a = &call.API{Name: "test", URL: "https://[api.example.com/send"}
	if err := a.Init(); err == nil {
		t.Error("Init takes a URL that is none")
	}
}

// TestPlainURL refuses to send a key without TLS to another machine.
func TestPlainURL(t *testing.T) {
	for url, want := range map[string]bool{
		"https://api.example.com/send": true, "http://127.0.0.1:8025": true, "http://[::1]:1": true, "http://localhost": true,
		"http://api.example.com": false, "http://127.0.0.1.example.com": false, "http://192.0.2.1": false, "ftp://127.0.0.1": false, "api.example.com": false,
	} {
		if err := (&call.API{Name: "test", URL: url}).Init(); (err == nil) != want {
			t.Errorf("Init with %s = %v, want success: %t", url, err, want)
		}
	}
}
