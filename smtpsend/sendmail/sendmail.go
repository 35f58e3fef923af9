// Package sendmail is a sender that hands mails to the local sendmail program,
// which Postfix, Exim, OpenSMTPD, msmtp and others install.
//
//	sender, err := sendmail.New("/usr/sbin/sendmail", nil)
//	if err != nil {
//		return err
//	}
//	err = sender.Send(ctx, message)
//
// It runs "sendmail -i -f FROM -- RCPT…" with the mail as standard input. The exit
// status decides whether the mail counts as sent. The program only queues the
// mail, so the exit status says nothing about single recipients.
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

// DefaultPath is the usual path of the program.
const DefaultPath = "/usr/sbin/sendmail"

// Options are the choices of a [Sender]. Nil means the zero value.
type Options struct {
	// Args are further arguments that come before all others, such as "-C" and a
	// file.
	Args []string
}

// Sender runs a program for each message. It is safe for concurrent use.
type Sender struct {
	path string
	args []string
}

// New returns a sender that runs the program at path, or at [DefaultPath] if path
// is empty. The path must be absolute, so that the choice of the program does not
// depend on the environment.
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

// Send hands m to the program and waits for it. If the program ran and failed, the
// error is an [*Error]. If m must not be sent, the error has a [*mime.FieldError]
// for each field. If ctx ends, the program is killed, and it is not known whether
// it queued the message.
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

// check returns the errors of [mime.Message.Validate] in the name of this package.
// It also refuses a reverse path that the program would take for an option.
func check(m *mime.Message) error {
	errs := fault.Fields(m.Validate())
	if m != nil && strings.HasPrefix(m.From, "-") {
		errs = append(errs, &mime.FieldError{Field: "From", Err: errors.New("begins with a hyphen")})
	}
	return fault.Join("sendmail", errs...)
}

// spool writes a message into a file, with the line ends that local programs
// expect. A pipe is not safe: if this process died, the program would take the
// end of the pipe for the end of the message.
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

// run runs the program and returns an error if it failed.
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
