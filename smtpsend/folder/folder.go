// Package folder is a sender that writes mails into a folder instead of
// sending them. People can look at them there, or a server can collect them.
//
//	sender, err := folder.New("/var/spool/invitations", nil)
//	if err != nil {
//		return err
//	}
//	err = sender.Send(ctx, message)
//
// A file appears whole or not at all: it is written under another name, synced to
// the disk and then renamed (https://cr.yp.to/proto/maildir.html). The envelope is
// not kept, except for the first recipient in the name of an .eml file.
package folder

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/convene-go/convene/internal/fault"
	"github.com/convene-go/convene/mime"
)

// Options are the choices of a [Sender]. Nil means the zero value.
type Options struct {
	// Maildir makes the folder a Maildir: messages arrive in its subfolder new.
	// Otherwise they are files with the suffix .eml in the folder itself, whose
	// names sort by time.
	Maildir bool
	// Now returns the time for the names of files. Nil means [time.Now].
	Now func() time.Time
}

// Sender writes messages into a folder. It is safe for concurrent use, also by
// several programs at once.
type Sender struct {
	dir string
	o   Options
}

// serial numbers the files of this process, so that no two have the same name.
var serial atomic.Uint64

// New returns a sender into the folder dir. It makes the folder if it does not
// exist.
func New(dir string, o *Options) (*Sender, error) {
	s := &Sender{dir: dir}
	if o != nil {
		s.o = *o
	}
	if s.o.Now == nil {
		s.o.Now = time.Now
	}
	if dir == "" {
		return nil, errors.New("folder: the name of the folder is empty")
	}
	for _, sub := range s.folders() {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o700); err != nil {
			return nil, fmt.Errorf("folder: %w", err)
		}
	}
	return s, nil
}

// folders returns the subfolders of dir that must exist; "" is dir itself.
func (s *Sender) folders() []string {
	if s.o.Maildir {
		return []string{"tmp", "new", "cur"}
	}
	return []string{""}
}

// target returns the folder in which messages arrive.
func (s *Sender) target() string {
	if s.o.Maildir {
		return filepath.Join(s.dir, "new")
	}
	return s.dir
}

// Send writes m. If it returns nil, the message is on the disk. If m must not be
// sent, the error has a [*mime.FieldError] for each field.
func (s *Sender) Send(ctx context.Context, m *mime.Message) error {
	if err := m.Validate(); err != nil {
		return fault.Join("folder", fault.Fields(err)...)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("folder: %w", err)
	}
	if err := s.write(ctx, m); err != nil {
		if _, ok := err.(*uncertain); ok {
			return err
		}
		return fmt.Errorf("folder: %w", err)
	}
	return nil
}

// maxNames limits the names that are tried for one message.
const maxNames = 100

// write writes m under a name that no other file has. If a program restarts in a
// container, its names can be the names of the program before it: with the same
// process identifier, the same serial number and, on a slow clock, the same time.
func (s *Sender) write(ctx context.Context, m *mime.Message) error {
	// The folder is opened first. If that fails, the message is certainly not sent.
	dir, err := openFolder(s.target())
	if err != nil {
		return err
	}
	defer dir.Close()
	for range maxNames {
		tmp, final := s.names(m)
		if err = deliver(ctx, tmp, final, m.Data); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err != nil {
		return err
	}
	if err := syncFolder(dir); err != nil {
		return &uncertain{err}
	}
	return nil
}

// names returns the paths of the temporary and of the final file for m.
func (s *Sender) names(m *mime.Message) (tmp, final string) {
	now, n := s.o.Now().UTC(), serial.Add(1)
	if s.o.Maildir {
		name := fmt.Sprintf("%d.M%dP%dQ%d.%s", now.Unix(), now.Nanosecond()/1000, os.Getpid(), n, hostName())
		return filepath.Join(s.dir, "tmp", name), filepath.Join(s.dir, "new", name)
	}
	name := fmt.Sprintf("%s-%d-%06d-%s.eml", now.Format("20060102T150405.000Z"), os.Getpid(), n, safe(m.To[0]))
	return filepath.Join(s.dir, "."+name+".tmp"), filepath.Join(s.dir, name)
}

// hostName returns the name of this host in a form for file names.
func hostName() string {
	name, _ := os.Hostname()
	return strings.NewReplacer("/", `\057`, ":", `\072`).Replace(cmp.Or(name, "localhost"))
}

// maxName bounds the part of a file name that comes from an address.
const maxName = 64

// safe replaces the characters of an address that have a meaning in file names on
// some system.
func safe(address string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@.-_+=", r) {
			return r
		}
		return '_'
	}, address)
	return name[:min(len(name), maxName)]
}

// deliver writes data to tmp and renames tmp to final. If tmp or final exists, the
// error is [fs.ErrExist]. No other call makes final while this call has tmp, because
// the name of tmp follows from the name of final. After an error the message is in
// neither file.
func deliver(ctx context.Context, tmp, final string, data []byte) error {
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close(), ctx.Err()); err == nil {
		err = rename(tmp, final)
	}
	if err != nil {
		os.Remove(tmp)
	}
	return err
}

// rename gives tmp its final name, unless a file has that name already.
func rename(tmp, final string) error {
	switch _, err := os.Lstat(final); {
	case err == nil:
		return &fs.PathError{Op: "rename", Path: final, Err: fs.ErrExist}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	return os.Rename(tmp, final)
}

// openFolder opens a folder for syncFolder. It returns nil on systems that cannot sync
// a folder.
func openFolder(dir string) (*os.File, error) {
	if runtime.GOOS == "windows" {
		return nil, nil
	}
	return os.Open(dir)
}

// syncFolder syncs the names in a folder to the disk, if the system can do that.
func syncFolder(dir *os.File) error {
	if dir == nil {
		return nil
	}
	return dir.Sync()
}

// uncertain is the error for a message that was written, but may be lost if the
// power fails.
type uncertain struct{ err error }

func (e *uncertain) Error() string   { return "folder: " + e.err.Error() }
func (e *uncertain) Unwrap() error   { return e.err }
func (e *uncertain) Uncertain() bool { return true }
