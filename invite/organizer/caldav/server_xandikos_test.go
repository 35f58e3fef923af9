package caldav_test

import (
	"fmt"
	"os/exec"
	"syscall"
	"testing"
)

// startXandikos starts a Xandikos server (Debian: xandikos). It has no authentication and
// does not schedule.
func startXandikos(t *testing.T) *server {
	t.Helper()
	program, err := exec.LookPath("xandikos")
	if err != nil {
		t.Skip("SKIPPED: NO XANDIKOS HERE: caldav is not tested against it (Debian: xandikos)")
	}
	dir, port := folder(t, ""), freePort(t)
	cmd := exec.Command(program, "-d", dir+"/data", "-l", "127.0.0.1", "--port", fmt.Sprint(port), "--defaults", "--current-user-principal", "/ann/")
	cmd.Env = append(cmd.Environ(), "HOME="+dir, "GIT_CONFIG_GLOBAL=/dev/null")
	run(t, cmd, syscall.SIGTERM)
	waitFor(t, port)
	return &server{name: "Xandikos", url: fmt.Sprintf("http://127.0.0.1:%d/", port), work: "/ann/calendars/calendar/"}
}
