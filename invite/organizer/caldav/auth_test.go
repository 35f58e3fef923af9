package caldav_test

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"crypto/sha512"
	"errors"
	"fmt"
	"hash"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// digest is a check of Digest as RFC 7616, section 3.4, describes it.
type digest struct {
	user, password, realm, algorithm, qop string
	userhash                              bool
	nonce                                 string
	counts                                []string
}

// sum is H of the RFC.
func (d *digest) sum(s string) string {
	var h hash.Hash
	switch strings.TrimSuffix(strings.ToUpper(d.algorithm), "-SESS") {
	case "SHA-256":
		h = sha256.New()
	case "SHA-512-256":
		h = sha512.New512_256()
	default:
		h = md5.New()
	}
	_, _ = h.Write([]byte(s))
	return fmt.Sprintf("%x", h.Sum(nil))
}

var digestParam = regexp.MustCompile(`([a-zA-Z*]+)=("(?:[^"\\]|\\.)*"|[^ ,]+)`)

// params reads the parameters of an Authorization.
func params(header string) map[string]string {
	out := make(map[string]string)
	for _, m := range digestParam.FindAllStringSubmatch(header, -1) {
		value := m[2]
		if strings.HasPrefix(value, `"`) {
			value = regexp.MustCompile(`\\(.)`).ReplaceAllString(value[1:len(value)-1], "$1")
		}
		out[m[1]] = value
	}
	return out
}

// response returns the right response to a request.
func (d *digest) response(method, uri string, p map[string]string) string {
	a1 := d.user + ":" + d.realm + ":" + d.password
	secret := d.sum(a1)
	if strings.HasSuffix(d.algorithm, "-sess") {
		secret = d.sum(secret + ":" + p["nonce"] + ":" + p["cnonce"])
	}
	a2 := d.sum(method + ":" + uri)
	if p["qop"] == "" {
		return d.sum(secret + ":" + p["nonce"] + ":" + a2)
	}
	return d.sum(secret + ":" + p["nonce"] + ":" + p["nc"] + ":" + p["cnonce"] + ":" + p["qop"] + ":" + a2)
}

// admits reports whether a request has the right credentials.
func (d *digest) admits(r *http.Request) bool {
	p := params(r.Header.Get("Authorization"))
	user := p["username"]
	if d.userhash && p["userhash"] == "true" && user == d.sum(d.user+":"+d.realm) {
		user = d.user
	}
	if p["username*"] == "UTF-8''J%C3%A4s%C3%B8n%20Doe" {
		user = "Jäsøn Doe"
	}
	d.counts = append(d.counts, p["nc"])
	return strings.HasPrefix(r.Header.Get("Authorization"), "Digest ") && user == d.user && p["nonce"] == d.nonce && p["uri"] == r.RequestURI &&
		p["opaque"] == "op\"aque" && p["realm"] == d.realm && p["response"] == d.response(r.Method, r.RequestURI, p)
}

// challenge returns the WWW-Authenticate of the server.
func (d *digest) challenge(stale bool) string {
	out := fmt.Sprintf(`Digest realm=%q, nonce=%q, opaque="op\"aque", stale=%v, userhash=%v, charset=UTF-8`, d.realm, d.nonce, stale, d.userhash)
	if d.qop != "" {
		out += `, qop="` + d.qop + `"`
	}
	if d.algorithm != "" {
		out += ", algorithm=" + d.algorithm
	}
	return out
}

// TestDigestVectors checks the check itself with the example of RFC 7616, section 3.9.1.
func TestDigestVectors(t *testing.T) {
	p := map[string]string{"nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "nc": "00000001", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", "qop": "auth"}
	for algorithm, want := range map[string]string{
		"MD5":     "8ca523f5e9506fed4657c9700eebdbec",
		"SHA-256": "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1",
	} {
		d := digest{user: "Mufasa", password: "Circle of Life", realm: "http-auth@example.org", algorithm: algorithm}
		if got := d.response("GET", "/dir/index.html", p); got != want {
			t.Errorf("%s: %s, want %s", algorithm, got, want)
		}
	}
}

// TestDigest authenticates by all kinds of Digest.
func TestDigest(t *testing.T) {
	for _, test := range []digest{
		{user: "ann", algorithm: "MD5", qop: "auth"},
		{user: "ann", algorithm: "", qop: "auth-int,auth"},
		{user: "ann", algorithm: "", qop: ""},
		{user: "ann", algorithm: "MD5-sess", qop: "auth"},
		{user: "ann", algorithm: "SHA-256", qop: "auth"},
		{user: "ann", algorithm: "SHA-256-sess", qop: "auth, auth-int"},
		{user: "ann", algorithm: "SHA-512-256", qop: "auth"},
		{user: "ann", algorithm: "SHA-256", qop: "auth", userhash: true},
		{user: "Jäsøn Doe", algorithm: "SHA-256", qop: "auth"},
		{user: `a"n\n`, algorithm: "MD5", qop: "auth"},
	} {
		t.Run(test.algorithm+test.qop+test.user, func(t *testing.T) {
			d := test
			d.password, d.realm, d.nonce = "p:a\"ss", "Ann's \"calendars\"", "n1"
			f, url := startFake(t)
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if d.admits(r) {
					return false
				}
				w.Header().Add("WWW-Authenticate", `Negotiate`)
				w.Header().Add("WWW-Authenticate", `Basic realm="x", `+d.challenge(strings.Contains(r.Header.Get("Authorization"), `nonce="n`)))
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			c := openPlain(t, url, func(o *caldav.Options) { o.Username, o.Password = d.user, d.password })
			put, err := c.Put(t.Context(), organizer.Object{UID: "u", Data: entryText("u", carol)})
			if err != nil {
				t.Fatalf("Put: %v", err)
			}
			if d.qop != "" && !slices.Contains(d.counts, "00000003") {
				t.Errorf("nonce counts: %q", d.counts)
			}
			d.nonce = "n2" // stale from now on
			if _, err := c.Get(t.Context(), put); err != nil {
				t.Errorf("Get with a stale nonce: %v", err)
			}
			d.password, d.nonce = "another", "n3"
			before := len(f.requests)
			if _, err := c.Get(t.Context(), put); !errors.Is(err, organizer.ErrDenied) {
				t.Errorf("Get with the wrong password: %v, want %v", err, organizer.ErrDenied)
			}
			if n := len(f.requests) - before; n > 3 {
				t.Errorf("%d requests with the wrong password", n)
			}
			for i, h := range f.header {
				if strings.HasPrefix(h.Get("Authorization"), "Basic") {
					t.Errorf("request %d sends the password", i)
				}
			}
		})
	}
}

// TestBasic sends the password only as far as it may.
func TestBasic(t *testing.T) {
	challenge := func(f *fake, text string) {
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if user, password, _ := r.BasicAuth(); user == "ann" && password == "secret" {
				return false
			}
			w.Header().Set("WWW-Authenticate", text)
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
	}
	as := func(password string) func(o *caldav.Options) {
		return func(o *caldav.Options) { o.Username, o.Password = "ann", password }
	}
	get := func(t *testing.T, f *fake, url string, change ...func(o *caldav.Options)) (int, error) {
		_, err := openPlain(t, url, change...).Get(t.Context(), organizer.Object{UID: "u"})
		sent := 0
		for _, h := range f.header {
			if h.Get("Authorization") != "" {
				sent++
			}
		}
		return sent, err
	}
	f, url := startFake(t)
	challenge(f, `basic realm="x, y"`)
	_, err := get(t, f, url, as("secret"))
	want(t, "Get", err, organizer.ErrGone)
	if f.header[0].Get("Authorization") != "" || f.header[0].Get("Content-Length") != "0" {
		t.Error("the password or a body is sent before the server asks")
	}

	f, url = startFake(t)
	challenge(f, `Basic realm="x"`)
	sent, err := get(t, f, url, as("wrong"))
	want(t, "wrong password", err, organizer.ErrDenied)
	if sent > 2 {
		t.Errorf("the wrong password is sent %d times", sent)
	}

	f, url = startFake(t)
	challenge(f, `Basic realm="x"`)
	sent, err = get(t, f, url, func(o *caldav.Options) {
		o.Username, o.Password, o.Auth, o.InsecureAllowPlaintextAuth = "ann", "secret", caldav.AuthDigest, false
	})
	if err == nil || sent != 0 {
		t.Errorf("a server with Basic alone: %v, and the password is sent %d times", err, sent)
	}

	f, url = startFake(t) // asks for nothing
	sent, err = get(t, f, url, as("secret"))
	want(t, "a server that does not ask", err, organizer.ErrGone)
	if sent == 0 {
		t.Error("a server that does not ask gets no password")
	}
}

// TestToken sends a token, and another one after a refusal.
func TestToken(t *testing.T) {
	f, url := startFake(t)
	valid := "t2"
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer "+valid {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Bearer realm="x", error="invalid_token"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
	token, refused := "t1", []string(nil)
	c := openPlain(t, url, func(o *caldav.Options) {
		o.Token = func(context.Context) (string, error) { return token, nil }
		o.TokenRefused = func(t string) { refused = append(refused, t); token = "t2" }
	})
	_, err := c.Get(t.Context(), organizer.Object{UID: "u"})
	want(t, "Get", err, organizer.ErrGone)
	if !slices.Equal(refused, []string{"t1"}) {
		t.Errorf("refused: %q", refused)
	}
	valid = "t3"
	_, err = c.Get(t.Context(), organizer.Object{UID: "u"})
	want(t, "Get with a token that is refused twice", err, organizer.ErrDenied)

	for _, bad := range []string{"", "a b", "a\r\nX: y"} {
		token = bad
		if _, err := c.Get(t.Context(), organizer.Object{UID: "u"}); err == nil || strings.Contains(err.Error(), "X: y") {
			t.Errorf("token %q: %v", bad, err)
		}
	}
	boom := errors.New("no token today")
	c = openPlain(t, url, func(o *caldav.Options) { o.Token = func(context.Context) (string, error) { return "", boom } })
	_, err = c.Get(t.Context(), organizer.Object{UID: "u"})
	want(t, "Get without a token", err, boom)
}

// TestRedirects follows redirects, and gives neither password nor entry to another host.
func TestRedirects(t *testing.T) {
	for _, status := range []int{301, 302, 307, 308} {
		f, url := startFake(t)
		c := openPlain(t, url)
		f.before = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasPrefix(r.URL.Path, "/cal/") || strings.HasPrefix(r.URL.Path, "/cal/new-") {
				return false
			}
			w.Header().Set("Location", strings.Replace(r.URL.Path, "/cal/", "/cal/new-", 1))
			w.WriteHeader(status)
			return true
		}
		f.entries["new-u.ics"] = string(entryText("u", carol))
		got, err := c.Get(t.Context(), organizer.Object{UID: "u", Href: "/cal/u.ics"})
		if err != nil || got.Event.UID != "u" {
			t.Errorf("%d: Get: %v", status, err)
			continue
		}
		got.Data = entryText("u", carol, "LOCATION:Room 5")
		if got, err = c.Put(t.Context(), got); err != nil || got.Event.Location != "Room 5" {
			t.Errorf("%d: Put: %v", status, err)
		}
		want(t, fmt.Sprint(status, ": Delete"), c.Delete(t.Context(), got), nil)
	}

	f, url := startFake(t)
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		w.Header().Set("Location", r.URL.Path+"x/")
		w.WriteHeader(http.StatusFound)
		return true
	}
	if _, err := openPlain(t, url).Get(t.Context(), organizer.Object{UID: "u"}); err == nil || len(f.requests) > 20 {
		t.Errorf("a loop: %v after %d requests", err, len(f.requests))
	}
}

// TestRedirectsElsewhere redirects every request of a kind to other addresses.
func TestRedirectsElsewhere(t *testing.T) {
	var got []*http.Request
	other := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, r)
		w.Header().Set("WWW-Authenticate", `Basic realm="give"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	clear := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { got = append(got, r) }))
	for _, method := range []string{"PROPFIND", "REPORT", http.MethodGet, http.MethodPut} {
		for _, to := range []string{"https://evil.example.com/", "http://cal.example.com:81/", clear.URL + "/", "file:///etc/passwd", "//evil.example.com/", ":"} {
			f := &fake{entries: map[string]string{}}
			f.before = func(w http.ResponseWriter, r *http.Request) bool {
				if user, _, _ := r.BasicAuth(); user != "ann" {
					w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
					w.WriteHeader(http.StatusUnauthorized)
					return true
				}
				if r.Method != method {
					return false
				}
				w.Header().Set("Location", to)
				w.WriteHeader(http.StatusTemporaryRedirect)
				return true
			}
			got = nil
			o := names{"cal.example.com": httptest.NewTLSServer(f), "evil.example.com": other, "127.0.0.1": clear}.options(t)
			c, err := caldav.Open("https://cal.example.com/", o)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			_, err = c.Put(t.Context(), organizer.Object{UID: "u", Data: entryText("u", carol)})
			if err == nil {
				t.Errorf("%s to %s: no error", method, to)
			}
			for _, r := range got {
				if r.Header.Get("Authorization") != "" || r.Method == http.MethodPut || r.TLS == nil {
					t.Errorf("%s to %s: another host got %s with %v", method, to, r.Method, r.Header)
				}
			}
		}
	}
}
