// Package isolate runs a test in a process that has mounts, or a user, of its own, so that
// it can fill a disk, or see a file that it may not read. Tests alone import it.
package isolate

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// variable is the environment variable of a child process.
const variable = "CONVENE_ISOLATED"

// Run runs the test again in a child process with a user namespace, in which it has
// the given user, and returns false. In the child it returns true. User 0 may mount
// file systems, which end with the child. Any other user obeys the modes of files.
func Run(t testing.TB, user int) bool {
	t.Helper()
	if os.Getenv(variable) != "" {
		return true
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), variable+"=1")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: user, HostID: os.Getgid(), Size: 1}},
	}
	switch err := cmd.Start(); {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EINVAL), errors.Is(err, syscall.ENOSPC):
		t.Skipf("SKIPPED: this system lets no program have a user namespace: %v", err)
	case err != nil:
		t.Fatal(err)
	}
	err := cmd.Wait()
	t.Logf("in the child process:\n%s", &out)
	switch {
	case err != nil:
		t.Error(err)
	case strings.Contains(out.String(), "--- SKIP"):
		t.Skip("SKIPPED in the child process")
	case !strings.Contains(out.String(), "--- PASS: "+t.Name()):
		t.Error("the child process did not run the test")
	}
	return false
}
