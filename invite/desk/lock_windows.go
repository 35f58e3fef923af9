package desk

import (
	"errors"
	"fmt"
	"syscall"
)

// lockFile locks a file until unlock is called or the process ends, however it ends. If
// somebody else has the lock, the error is errLocked. The lock is the file itself, opened
// so that nobody else can open it.
func lockFile(path string) (unlock func(), err error) {
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, fmt.Errorf("desk: run: %w", err)
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil, syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	const sharingViolation = syscall.Errno(32)
	if errors.Is(err, sharingViolation) {
		return nil, errLocked
	}
	if err != nil {
		return nil, fmt.Errorf("desk: run: lock %s: %w", path, err)
	}
	return func() { _ = syscall.CloseHandle(h) }, nil
}
