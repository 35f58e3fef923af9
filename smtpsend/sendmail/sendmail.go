// Package sendmail is a sender that hands mails to the local sendmail program,
// which Postfix, Exim, OpenSMTPD, msmtp and others install:
//
//	sender, err := sendmail.New("/usr/sbin/sendmail", nil)
//	if err != nil {
//		return err
//	}
//	err = sender.Send(ctx, message)
//
// It runs "sendmail -i -f FROM -- RCPT…" with the mail as standard input and
// judges by the exit status. The program queues the mail; that says nothing
// about single recipients.
package sendmail

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/mime"
)

// DefaultPath is where systems have the program.
const DefaultPath = "/usr/sbin/sendmail"

// Options are the choices of a [Sender]. Nil means the zero value.
type Options struct {
	// Args are further arguments that go in front, as "-C" and a file.
	Args []string
}

// Sender runs a program for each message. It is safe for concurrent use.
type Sender struct {
	path string
	args []string
}

// New returns a sender that runs the program at path, or at [DefaultPath] if path
// is empty. The path is absolute, so that the program does not depend on the
// environment.
func New(path string, o *Options) (*Sender, error) {
	if path == "" {
		path = DefaultPath
	}
	if !filepath.IsAbs(path) {
		return nil, errors.New("sendmail: the path of the program is not absolute")
	}
	if _, err := exec.LookPath(path); err != nil {
		return nil, fmt.Errorf("sendmail: %w", err)
	}
	s := &Sender{path: path}
	if o != nil {
		s.args = slices.Clone(o.Args)
	}
	return s, nil
}

// Send hands m to the program and waits for it. The error is an [*Error] if the
// program ran, and has a [*mime.FieldError] for each field if m must not be sent.
// If ctx ends, the program is killed, and whether it queued the message is not
// known.
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	if err := check(m); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("sendmail: %w", err)
	}
	in, err := spool(m.Data)
	if err != nil {
		return fmt.Errorf("sendmail: %w", err)
	}
	defer os.Remove(in.Name())
	defer in.Close()
	return s.run(ctx, m, in)
}

// check is [mime.Message.Validate] in the name of this package, and keeps a
// reverse path from passing for an option.
func check(m *mime.Message) error {
	errs := fault.Fields(m.Validate())
	if m != nil && strings.HasPrefix(m.From, "-") {
		errs = append(errs, &mime.FieldError{Field: "From", Err: errors.New("begins with a hyphen")})
	}
	return fault.Join("sendmail", errs...)
}

// spool writes a message with the line ends that local programs expect into a
// file. A pipe would not do: were this process to die, its end would pass for
// the end of the message.
func spool(data []byte) (f *os.File, err error) {
	f, err = os.CreateTemp("", "convene-*.eml")
	if err != nil {
		return nil, err
	}
	_, err = f.Write(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
	if err == nil {
		_, err = f.Seek(0, 0)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// command returns the program with its arguments.
func (s *Sender) command(ctx context.Context, m *mime.Message) *exec.Cmd {
	from := m.From
	if from == "" {
		from = "<>"
	}
	args := append(slices.Clone(s.args), "-i", "-f", from, "--")
	cmd := exec.CommandContext(ctx, s.path, append(args, m.To...)...)
	cmd.WaitDelay = 50 * time.Millisecond // for a grandchild that holds the output open
	killGroup(cmd)
	return cmd
}

// run runs the program and judges how it ended.
func (s *Sender) run(ctx context.Context, m *mime.Message, in *os.File) error {
	var out output
	cmd := s.command(ctx, m)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &out
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("sendmail: %w", err)
	}
	err := cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code == 0 {
		return nil
	} else if code > 0 {
		return &Error{Code: code, Text: out.text()}
	}
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return &Error{Code: -1, Text: out.text(), Err: err}
}
