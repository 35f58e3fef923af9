package caldav_test

import (
	"fmt"
	"net/http"
	"os/exec"
	"syscall"
	"testing"
)

// startRadicale starts a Radicale server (Debian: radicale) with Basic authentication.
// Radicale does not schedule.
func startRadicale(t *testing.T) *server {
	t.Helper()
	program, err := exec.LookPath("radicale")
	if err != nil {
		t.Skip("SKIPPED: NO RADICALE HERE: caldav is not tested against it (Debian: radicale)")
	}
	dir, port := folder(t, ""), freePort(t)
	write(t, dir+"/users", "ann:secret\nbob:secret\n")
	write(t, dir+"/config", fmt.Sprintf(`[server]
hosts = 127.0.0.1:%d
[auth]
type = htpasswd
htpasswd_filename = %[2]s/users
htpasswd_encryption = plain
delay = 0
[rights]
type = owner_only
[storage]
filesystem_folder = %[2]s/data
[logging]
level = warning
`, port, dir))
	run(t, exec.Command(program, "--config", dir+"/config"), syscall.SIGTERM)
	waitFor(t, port)
	s := &server{name: "Radicale", url: fmt.Sprintf("http://127.0.0.1:%d/", port), auth: true, work: "/ann/work/"}
	for _, c := range []struct{ path, name, component string }{{"tasks", "Tasks", "VTODO"}, {"work", "Work", "VEVENT"}} {
		status, body, _ := s.do(t, "MKCALENDAR", "/ann/"+c.path+"/", `<C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>`+
			`<D:displayname>`+c.name+`</D:displayname><C:supported-calendar-component-set><C:comp name="`+c.component+`"/></C:supported-calendar-component-set>`+
			`</D:prop></D:set></C:mkcalendar>`)
		if status != http.StatusCreated {
			t.Fatalf("MKCALENDAR: %d %s", status, body)
		}
	}
	return s
}
