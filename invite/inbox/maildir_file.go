package inbox

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/convene-go/convene/invite/inbox/internal/retry"
)

// entry is a mail in a Maildir.
type entry struct {
	dir       string // the folder of the Maildir
	base      string // the unique name of the mail, without flags
	sub, name string // the subfolder and the name of the file
	flags     string // letters for the fate of the mail
	second    int64  // the time of arrival
	micro     int
	retry.State
}

// Key and Name implement [retry.Mail].
func (e *entry) Key() string     { return e.base }
func (e *entry) Name() slog.Attr { return slog.String("file", e.path()) }

// separator returns the character between the unique name and the flags.
//
// QUIRK: Windows allows no colon in a name, so programs take a semicolon there
// (isync's InfoDelimiter, go-maildir).
func separator(goos string) string {
	if goos == "windows" {
		return ";"
	}
	return ":"
}

// newEntry returns the entry for a file.
func (m *maildir) newEntry(sub, name string) *entry {
	base, info, _ := strings.Cut(name, m.separator)
	flags, _ := strings.CutPrefix(info, "2,")
	return &entry{dir: m.dir, base: base, sub: sub, name: name, flags: flags}
}

// isFlagged reports whether somebody has read, answered, passed on, thrown away or
// marked the mail. Small letters are keywords (Dovecot), and say nothing of that.
func (e *entry) isFlagged() bool {
	return strings.ContainsAny(e.flags, "DFPRST")
}

// arrive takes the time of arrival from a name, such as 1803981600.M5000P12.host, and
// reports whether there is one. Only the second is in all names.
func (e *entry) arrive(name string) bool {
	first, rest, _ := strings.Cut(name, ".")
	second, err := strconv.ParseInt(first, 10, 64)
	if err != nil || second < 0 {
		return false
	}
	e.second = second
	rest, _, _ = strings.Cut(rest, ".")
	if _, micro, ok := strings.Cut(rest, "M"); ok {
		end := strings.IndexFunc(micro, func(r rune) bool { return r < '0' || r > '9' })
		if end >= 0 {
			micro = micro[:end]
		}
		if e.micro, err = strconv.Atoi(micro); err != nil {
			e.micro = 0
		}
	}
	return true
}

// path returns the path of the file.
func (e *entry) path() string { return filepath.Join(e.dir, e.sub, e.name) }

var (
	errTooLarge   = errors.New("is too large")
	errForm       = errors.New("is not stored as plain text")
	errUnfinished = errors.New("is not complete: another program is still writing it")
)

// read returns the content of a file. It follows no link, and reads no file that is
// too large.
func (m *maildir) read(e *entry) ([]byte, error) {
	path := e.path()
	seen, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, fmt.Errorf("is no file: %v", seen.Mode().Type())
	}
	if seen.Size() > m.o.MaxSize {
		return nil, fmt.Errorf("%w: %d octets, at most %d are read", errTooLarge, seen.Size(), m.o.MaxSize)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return content(f, seen)
}

// content reads an open file. seen describes it as it was before.
func content(f *os.File, seen fs.FileInfo) ([]byte, error) {
	before, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !os.SameFile(seen, before) {
		return nil, errors.New("another program has replaced it meanwhile")
	}
	buf := bytes.NewBuffer(make([]byte, 0, seen.Size()+bytes.MinRead))
	if _, err := io.Copy(buf, io.LimitReader(f, seen.Size()+1)); err != nil {
		return nil, err
	}
	// A writer that keeps to the format renames a whole file into new. Others copy
	// into it.
	after, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if n := int64(buf.Len()); n == 0 || n != seen.Size() || n != after.Size() || !after.ModTime().Equal(seen.ModTime()) {
		return nil, errUnfinished
	}
	for form, start := range forms {
		if bytes.HasPrefix(buf.Bytes(), []byte(start)) {
			return nil, fmt.Errorf("%w: the mail server has written it as %s", errForm, form)
		}
	}
	return buf.Bytes(), nil
}

// forms has the first octets of files that no reader of mails understands.
//
// QUIRK: Dovecot writes them with its plugins zlib and mail_crypt.
var forms = map[string]string{
	"gzip": "\x1f\x8b", "bzip2": "BZh", "xz": "\xfd7zXZ\x00", "lz4": "Dovecot-LZ4", "zstd": "\x28\xb5\x2f\xfd",
	"an encrypted file": "CRYPTED\x03\x07",
}

// maxNames limits the names that are tried for one file.
const maxNames = 100

// maxBase limits the octets of a unique name in cur. Longer ones are cut, because a file
// system takes 255 octets, and flags and a number come on top.
const maxBase = 220

// rename moves a mail into cur, with one more flag. Nobody's file is replaced: a program
// that restarts in a container may use a name again. The error is [fs.ErrNotExist] if
// another program has moved or removed the mail, or the folder cur.
func (m *maildir) rename(e *entry, flag string) error {
	from, next := e.path(), *e
	next.sub, next.flags = "cur", e.with(flag)
	for n := range maxNames {
		next.base = numbered(e.base[:min(len(e.base), maxBase)], n)
		next.name = next.base + m.separator + "2," + next.flags
		to := next.path()
		if to == from {
			return nil
		}
		switch _, err := os.Lstat(to); {
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
		delete(m.known, e.base)
		*e = next
		m.known[e.base] = e
		return nil
	}
	return fmt.Errorf("%d names for it in cur are taken", maxNames)
}

// isThere reports whether a subfolder exists. A network disk that is away is no sign that
// somebody has removed a mail.
func (m *maildir) isThere(sub string) bool {
	_, err := os.Stat(filepath.Join(m.dir, sub))
	return err == nil
}

// with returns the flags of e and one more, sorted as the format wants them.
func (e *entry) with(flag string) string {
	letters := []byte(e.flags + flag)
	slices.Sort(letters)
	return string(slices.Compact(letters))
}

// numbered returns a unique name with a number, if the number is not 0. Dovecot has the
// size of the mail behind a comma.
func numbered(base string, n int) string {
	if n == 0 {
		return base
	}
	head, tail, comma := strings.Cut(base, ",")
	head += "_" + strconv.Itoa(n)
	if comma {
		head += "," + tail
	}
	return head
}
