package caldav_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/organizer/caldav"
)

func TestOpen(t *testing.T) {
	token := func(context.Context) (string, error) { return "t", nil }
	for _, test := range []struct {
		name, url string
		o         *caldav.Options
		want      string // a part of the error, "" if there is none
	}{
		{"plain", "https://ann:hunter2@host/", nil, ""},
		{"no path", "https://ann:hunter2@host", nil, ""},
		{"upper case", "HTTPS://ann:hunter2@host:8443/dav/", nil, ""},
		{"percent-encoded", "https://ann%40example.com:hunt%2Fer2@host/", nil, ""},
		{"an @ in the path", "https://ann:hunter2@host/dav/ann@example.com/", nil, "percent-encoded"},
		{"an encoded @ in the path", "https://ann:hunter2@host/dav/ann%40example.com/", nil, ""},
		{"a slash in the password", "https://ann:hunt/er2@host/", nil, "percent-encoded"},
		{"a broken port", "https://ann:hunter2@host:x/", nil, "port"},
		{"a bad percent sign", "https://ann:hunter2%zz@host/", nil, "percent-encoded"},
		{"no host", "https://ann:hunter2@/", nil, "no host"},
		{"empty", "", nil, "is empty"},
		{"no scheme", "ann:hunter2@host", nil, "scheme"},
		{"another scheme", "ftp://ann:hunter2@host/", nil, "scheme"},
		{"a fragment", "https://ann:hunter2@host/#x", nil, "fragment"},
		{"http", "http://ann:hunter2@127.0.0.1/", nil, "use https"},
		{"http, named", "http://127.0.0.1/?tls=insecure-none", nil, ""},
		{"http with a password", "http://ann:hunter2@cal.example.test/?tls=insecure-none", nil, "without TLS"},
		{"http with a password, on this machine", "http://ann:hunter2@[::1]:5232/?tls=insecure-none", nil, ""},
		{"http with a password, almost on this machine", "http://ann:hunter2@127.0.0.1.example.test/?tls=insecure-none", nil, "without TLS"},
		{"http with a password, digest", "http://ann:hunter2@cal.example.test/?tls=insecure-none&auth=digest", nil, ""},
		{"http with a password, named", "http://ann:hunter2@cal.example.test/?tls=insecure-none", &caldav.Options{InsecureAllowPlaintextAuth: true}, ""},
		{"http with a token", "http://cal.example.test/?tls=insecure-none", &caldav.Options{Token: token}, "without TLS"},
		{"no user", "https://host/", nil, ""},
		{"a user without password", "https://ann@host/", nil, "without password"},
		{"a user with a token", "https://ann@host/", &caldav.Options{Token: token}, ""},
		{"a token and a password", "https://host/", &caldav.Options{Token: token, Username: "ann", Password: "hunter2"}, "both"},
		{"bearer without token", "https://host/?auth=bearer", nil, "bearer"},
		{"a control character", "https://ann:hunt%0d%0aer2@host/", nil, "control character"},
		{"an unknown parameter", "https://ann:hunter2@host/?x=hunter2", nil, `"x" is unknown`},
		{"a parameter twice", "https://host/?calendar=a&calendar=b", nil, "twice"},
		{"an unknown value", "https://host/?tls=none", nil, "tls"},
		{"no such file", "https://host/?ca=/does/not/exist", nil, "ca:"},
		{"hosts", "https://host/?hosts=.icloud.com,other.example", nil, ""},
		{"all hosts", "https://host/?hosts=.", nil, "host name"},
		{"a URL as host", "https://host/?hosts=https://x", nil, "host name"},
		{"a negative time", "https://host/", &caldav.Options{Timeout: -time.Second}, "Timeout"},
	} {
		_, err := caldav.Open(test.url, test.o)
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%s: %v", test.name, err)
		case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
			t.Errorf("%s: %v, want %q", test.name, err, test.want)
		case err != nil && (strings.Contains(err.Error(), "hunt") && test.name != "an unknown parameter" || !strings.HasPrefix(err.Error(), "caldav: ")):
			t.Errorf("%s: %v", test.name, err)
		}
	}
}
