package caldav_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/caldav"
)

// site answers by "METHOD path". An answer that begins with "/" or "http" is a redirect, a
// number is a status, and everything else is the content of a multistatus.
type site map[string]string

func (s site) start(t *testing.T) *httptest.Server {
	return httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "ann" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="calendars"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch answer := s[r.Method+" "+r.URL.EscapedPath()]; {
		case answer == "":
			w.WriteHeader(http.StatusNotFound)
		case answer[0] == '/' || strings.HasPrefix(answer, "http"):
			w.Header().Set("Location", answer)
			w.WriteHeader(http.StatusMovedPermanently)
		case answer[0] != '<':
			var status int
			_, _ = fmt.Sscan(answer, &status)
			w.WriteHeader(status)
		default:
			multistatus(w, answer)
		}
	}))
}

// The properties of the sites below.
func principalAt(href string) string {
	return `<D:current-user-principal><D:href>` + href + `</D:href></D:current-user-principal>`
}
func homeAt(href string) string {
	return `<C:calendar-home-set><D:href>` + href + `</D:href></C:calendar-home-set>`
}

const (
	inboxProps = `<D:resourcetype><D:collection/><C:schedule-inbox/></D:resourcetype>`
	tasks      = `<D:resourcetype><D:collection/><C:calendar/></D:resourcetype><D:displayname>Tasks</D:displayname>` +
		`<C:supported-calendar-component-set><C:comp name="VTODO"/></C:supported-calendar-component-set>`
	readable = `<D:current-user-privilege-set><D:privilege><D:read/></D:privilege></D:current-user-privilege-set>`
	writable = `<D:current-user-privilege-set><D:privilege><D:read/></D:privilege><D:privilege><D:write-content/></D:privilege></D:current-user-privilege-set>`
)

func defaultAt(href string) string {
	return `<C:schedule-default-calendar-URL><D:href>` + href + `</D:href></C:schedule-default-calendar-URL>`
}

// plain is a site with some calendars in /home/.
func plain(home ...string) site {
	return site{
		"PROPFIND /":      response("/", principalAt("/me/")),
		"PROPFIND /me/":   response("/me/", homeAt("/home/")),
		"PROPFIND /home/": strings.Join(home, ""),
	}
}

func TestDiscovery(t *testing.T) {
	a, b := response("/home/a/", calendarProps("A")), response("/home/b/", calendarProps("B"))
	sabre := site{
		"PROPFIND /.well-known/caldav":                        "http://cal.example.com/remote.php/dav/",
		"PROPFIND /remote.php/dav/":                           response("/remote.php/dav/", principalAt("/remote.php/dav/principals/users/ann/")),
		"PROPFIND /remote.php/dav/principals/users/ann/":      response("/remote.php/dav/principals/users/ann/", homeAt("/remote.php/dav/calendars/ann/")),
		"PROPFIND /remote.php/dav/calendars/ann/":             response("/remote.php/dav/calendars/ann/contact_birthdays/", calendarProps("Birthdays")+readable) + response("/remote.php/dav/calendars/ann/personal/", calendarProps("Personal")+writable) + response("/remote.php/dav/calendars/ann/inbox/", inboxProps),
		"PROPFIND /remote.php/dav/calendars/ann/personal/":    response("/remote.php/dav/calendars/ann/personal/", calendarProps("Personal")),
		"PROPFIND /remote.php/dav/calendars/ann/team%20work/": response("/remote.php/dav/calendars/ann/team%20work/", calendarProps("Team")),
	}
	fastmail := site{
		"PROPFIND /.well-known/caldav":                             "/dav/calendars",
		"PROPFIND /dav/calendars":                                  response("/dav/calendars/", principalAt("/dav/principals/user/ann@example.com/")),
		"PROPFIND /dav/principals/user/ann@example.com/":           response("/dav/principals/user/ann@example.com/", homeAt("/dav/calendars/user/ann@example.com/")+`<C:schedule-inbox-URL><D:href>/dav/calendars/user/ann@example.com/Inbox/</D:href></C:schedule-inbox-URL>`),
		"PROPFIND /dav/calendars/user/ann@example.com/":            response("/dav/calendars/user/ann@example.com/x1/", calendarProps("Other")) + response("/dav/calendars/user/ann%40example.com/x2/", calendarProps("Main")),
		"PROPFIND /dav/calendars/user/ann@example.com/Inbox/":      response("/dav/calendars/user/ann@example.com/Inbox/", inboxProps+defaultAt("/dav/calendars/user/ann@example.com/x2")),
		"PROPFIND /dav/principals/user/ann@example.com/unrelated/": "404",
	}
	google := site{
		"PROPFIND /caldav/v2/ann%40example.com/user": response("/caldav/v2/ann%40example.com/user", homeAt("/caldav/v2/ann%40example.com/")),
		"PROPFIND /caldav/v2/ann%40example.com/":     response("/caldav/v2/ann%40example.com/events/", calendarProps("ann@example.com")),
	}
	for _, test := range []struct {
		name, url, want string
		site            site
		err             error
	}{
		{name: "no well-known address", want: "/home/a/", site: plain(a, b)},
		{name: "the default calendar of the inbox", want: "/home/b/", site: plain(a, b, response("/home/in/", inboxProps+defaultAt("/home/b/")))},
		{name: "a default calendar elsewhere", want: "/home/a/", site: plain(a, b, response("/home/in/", inboxProps+defaultAt("/home/deleted/")))},
		{name: "no calendar for events", err: organizer.ErrNoCalendar, site: plain(response("/home/t/", tasks))},
		{name: "tasks before events", want: "/home/b/", site: plain(response("/home/t/", tasks), b)},
		{name: "readable before writable", want: "/home/b/", site: plain(response("/home/a/", calendarProps("A")+readable), response("/home/b/", calendarProps("B")+writable))},
		{name: "by name", url: "?calendar=B", want: "/home/b/", site: plain(a, b)},
		{name: "by path", url: "?calendar=b", want: "/home/b/", site: plain(a, b)},
		{name: "no such name", url: "?calendar=C", err: organizer.ErrNoCalendar, site: plain(a, b)},
		{name: "two of that name", url: "?calendar=A", err: organizer.ErrNoCalendar, site: plain(a, response("/home/b/", calendarProps("A")))},
		{name: "nothing", err: organizer.ErrNoCalendar, site: site{}},
		{name: "a stranger", err: organizer.ErrNoCalendar, site: site{"PROPFIND /": response("/", `<D:current-user-principal><D:unauthenticated/></D:current-user-principal>`)}},
		{name: "denied", err: organizer.ErrDenied, site: site{"PROPFIND /": "403"}},
		{name: "sabre", want: "/remote.php/dav/calendars/ann/personal/", site: sabre},
		{name: "sabre, path with a slash", url: "remote.php/dav/", want: "/remote.php/dav/calendars/ann/personal/", site: sabre},
		{name: "sabre, home", url: "remote.php/dav/calendars/ann/", want: "/remote.php/dav/calendars/ann/personal/", site: func() site {
			s := site{}
			for k, v := range sabre {
				s[k] = v
			}
			s["PROPFIND /remote.php/dav/calendars/ann/"] += response("/remote.php/dav/calendars/ann/", principalAt("/nobody/"))
			return s
		}()},
		{name: "sabre, calendar", url: "remote.php/dav/calendars/ann/team%20work/", want: "/remote.php/dav/calendars/ann/team%20work/", site: sabre},
		{name: "a calendar that was deleted", url: "remote.php/dav/calendars/ann/deleted/", err: organizer.ErrNoCalendar, site: sabre},
		{name: "Fastmail", want: "/dav/calendars/user/ann%40example.com/x2/", site: fastmail},
		{name: "Google", url: "caldav/v2/ann%40example.com/user", want: "/caldav/v2/ann%40example.com/events/", site: google},
	} {
		t.Run(test.name, func(t *testing.T) {
			o := names{"cal.example.com": test.site.start(t)}.options(t)
			c, err := caldav.Open("https://cal.example.com/"+test.url, o)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			found, err := c.Collection(t.Context())
			if !errors.Is(err, test.err) {
				t.Fatalf("Collection: %v, want %v", err, test.err)
			}
			if test.err == nil && found.URL != "https://cal.example.com"+test.want {
				t.Errorf("Collection = %q, want %q", found.URL, test.want)
			}
		})
	}
}

// TestOtherHost finds calendars on another host, as on iCloud.
func TestOtherHost(t *testing.T) {
	first := site{
		"PROPFIND /":             response("/", principalAt("/1/principal/")),
		"PROPFIND /1/principal/": response("/1/principal/", homeAt("https://p34.example.com:443/1/calendars/")),
	}
	second := site{"PROPFIND /1/calendars/": response("/1/calendars/home/", calendarProps("Home"))}
	n := names{"caldav.example.com": first.start(t), "p34.example.com": second.start(t)}

	o := n.options(t)
	c, err := caldav.Open("https://caldav.example.com/", o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.Collection(t.Context()); err == nil || !strings.Contains(err.Error(), "Options.Hosts") {
		t.Errorf("Collection: %v, want an error that names Options.Hosts", err)
	}

	c, err = caldav.Open("https://caldav.example.com/?hosts=.example.com", o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	found, err := c.Collection(t.Context())
	if err != nil || found.URL != "https://p34.example.com:443/1/calendars/home/" && found.URL != "https://p34.example.com/1/calendars/home/" {
		t.Errorf("Collection = %v, %v", found, err)
	}
}

// TestDiscoveryOnce looks for the calendar once, and again after a failure.
func TestDiscoveryOnce(t *testing.T) {
	f, url := startFake(t)
	fail := true
	f.before = func(w http.ResponseWriter, r *http.Request) bool {
		if fail && r.URL.Path == "/home/" {
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		return false
	}
	c := openPlain(t, url)
	if _, err := c.Get(t.Context(), organizer.Object{UID: "u"}); err == nil || errors.Is(err, organizer.ErrGone) || errors.Is(err, organizer.ErrNoCalendar) {
		t.Errorf("Get: %v, want the server's error", err)
	}
	f.mu.Lock()
	fail = false
	f.requests = nil
	f.mu.Unlock()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := c.Get(t.Context(), organizer.Object{UID: "u"}); !errors.Is(err, organizer.ErrGone) {
				t.Errorf("Get: %v, want %v", err, organizer.ErrGone)
			}
		})
	}
	wg.Wait()
	found := slices.DeleteFunc(f.requests, func(s string) bool { return !strings.HasPrefix(s, "PROPFIND") })
	if want := []string{"PROPFIND /.well-known/caldav", "PROPFIND /", "PROPFIND /me/", "PROPFIND /home/"}; !slices.Equal(found, want) {
		t.Errorf("requests: %q, want %q", found, want)
	}
}
