//go:build !unix

package smtpsend

import "syscall"

// canPeek reports whether [isQuiet] knows how to look at a socket.
const canPeek = false

// isQuiet is never called, because canPeek is false.
func isQuiet(syscall.Conn) bool { return false }
