package invite

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/mime"
)

// File is a file that goes with mails, see [Attach].
type File struct {
	// Name is the file name, without a path, in any script. It has at most 255 octets.
	Name string
	// MediaType is "type/subtype" without parameters, such as "application/pdf". ""
	// means "application/octet-stream". Text should be UTF-8.
	MediaType string
	// Data is the content, which arrives byte for byte.
	Data []byte
}

// Attached has the files of a mail without their data. Successive mails with the same
// files share one.
type Attached struct {
	// N is its number in the meeting, from 1. [Delivery.Attached] names it.
	N int `json:"n"`
	// Files are the files, in their order in the mail.
	Files []AttachedFile `json:"files"`
}

// AttachedFile is a [File] without its data.
type AttachedFile struct {
	// Name and MediaType are those of the [File].
	Name      string `json:"name"`
	MediaType string `json:"mediaType,omitempty"`
	// Hash is the SHA-256 of the data, as 64 hexadecimal digits in lower case.
	Hash string `json:"hash"`
	// Size is the number of octets.
	Size int `json:"size"`
}

// The limits of the files of one mail. In base64, 15 MiB are 20.5 MiB, and with them a
// mail stays below the 25 MB that large providers take.
const (
	mostFiles     = 20
	mostFileBytes = 15 << 20
)

// checkFiles refuses files that a mail cannot have, and describes the others.
func (s *settings) checkFiles() error {
	if len(s.files) == 0 {
		return nil
	}
	if s.queueOnly && s.Files == nil {
		return fieldError("Attach", "a mail that is only queued needs Options.Files, which gives its files when it is sent")
	}
	s.attached = make([]AttachedFile, len(s.files))
	for i := range s.files {
		f := &s.files[i]
		if field, text := f.fault(); text != "" {
			return fieldError(fmt.Sprintf("Attach[%d].%s", i, field), text)
		}
		s.attached[i] = f.described()
	}
	return checkAttached(s.attached)
}

// checkAttached refuses files that cannot be in one mail.
func checkAttached(list []AttachedFile) error {
	if len(list) > mostFiles {
		return fieldError("Attach", fmt.Sprintf("a mail would have %d files, more than %d", len(list), mostFiles))
	}
	size := 0
	for i := range list {
		size += list[i].Size
		if slices.ContainsFunc(list[:i], list[i].sameName) {
			return fieldError(fmt.Sprintf("Attach[%d].Name", i), fmt.Sprintf("two files have the name %.80q", list[i].Name))
		}
	}
	if size > mostFileBytes {
		return fieldError("Attach", fmt.Sprintf("the files of a mail have %d octets, more than %d (15 MiB)", size, mostFileBytes))
	}
	return nil
}

// sameName reports whether a reader's disk would take two names for one.
func (f AttachedFile) sameName(other AttachedFile) bool { return strings.EqualFold(f.Name, other.Name) }

// fault returns the field that a mail cannot have, and why; "" and "" if there is none.
func (f *File) fault() (field, text string) {
	switch {
	case f.Name == "":
		return "Name", "is empty"
	case len(f.Data) == 0:
		return "Data", fmt.Sprintf("the file %.80q is empty", f.Name)
	}
	d := mime.File{Name: f.Name, MediaType: f.MediaType}
	if err := d.Validate(); err != nil {
		return fileFault(err)
	}
	kind, name := strings.ToLower(f.MediaType), strings.ToLower(f.Name)
	switch {
	case slices.Contains(calendarTypes, kind):
		return "MediaType", kind + " is a calendar object, which mail programs would show as another meeting"
	case strings.HasSuffix(name, ".ics"), strings.HasSuffix(name, ".vcs"):
		return "Name", fmt.Sprintf("%.80q names a calendar object, which mail programs would show as another meeting", f.Name)
	case slices.Contains(tnefTypes, kind), name == "winmail.dat":
		return "Name", fmt.Sprintf("%.80q is a file of TNEF, in place of which Outlook would show nothing else", f.Name)
	}
	return "", ""
}

// calendarTypes are the types of calendar objects.
var calendarTypes = []string{"text/calendar", "application/ics", "text/x-vcalendar", "text/vcalendar", "application/calendar", "application/calendar+json", "application/calendar+xml"}

// tnefTypes are the types of TNEF. The second is registered, and Exchange writes the
// first (MS-OXCMAIL).
var tnefTypes = []string{"application/ms-tnef", "application/vnd.ms-tnef"}

// fileFault returns the first field of an error of package mime, and its text.
func fileFault(err error) (field, text string) {
	for _, f := range ical.FieldErrors(err) {
		return f.Field, f.Err.Error()
	}
	return "Name", err.Error()
}

// described returns the file without its data.
func (f *File) described() AttachedFile {
	return AttachedFile{Name: f.Name, MediaType: f.MediaType, Hash: hashOf(f.Data), Size: len(f.Data)}
}

// hashOf returns the hash of a file's data, as [AttachedFile] has it.
func hashOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
