//go:build unix && !solaris && !illumos && !aix

package desk

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// lockFile locks a file until unlock is called or the process ends, however it ends. If
// somebody else has the lock, the error is errLocked. The file stays, because a process
// that waits for it has it open.
func lockFile(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("desk: run: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, syscall.EINTR) {
			return nil, errLocked
		}
		return nil, fmt.Errorf("desk: run: lock %s: %w", path, err)
	}
	return func() { _ = f.Close() }, nil
}
