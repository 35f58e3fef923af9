//go:build unix

package smtpsend

import (
	"errors"
	"syscall"
)

// canPeek reports whether [isQuiet] knows how to look at a socket.
const canPeek = true

// isQuiet reports whether a socket is open and has nothing to read. It does not
// wait, as a read with a deadline would.
func isQuiet(socket syscall.Conn) bool {
	raw, err := socket.SyscallConn()
	if err != nil {
		return false
	}
	quiet := false
	err = raw.Read(func(fd uintptr) (done bool) {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		quiet = errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EWOULDBLOCK)
		return true
	})
	return quiet && err == nil
}
