//go:build !unix

package sendmail

import "os/exec"

// killGroup does nothing: the end of cmd's context kills cmd alone.
func killGroup(*exec.Cmd) {}
