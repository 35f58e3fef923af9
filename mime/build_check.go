package mime

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/convene-go/convene/internal/address"
)

// checkedDraft is a Draft that has passed all checks, so that it can be written
// without an error. Its addresses and identifiers have the form in which they
// are sent.
type checkedDraft struct {
	*Draft
	from, sender    mailbox // sender.addr is empty if it is not set
	to, cc, replyTo []mailbox
	date            time.Time
	id, inReplyTo   string // with angle brackets
	references      []string
	text7bit        bool // Text can be sent as it is; likewise the next one
	html7bit        bool
}

// attachedName returns the name of the attached copy of the calendar object,
// and "" if there is no copy.
func (cd *checkedDraft) attachedName() string {
	switch {
	case cd.NoAttachment:
		return ""
	case cd.Filename == "":
		return "invite.ics"
	}
	return cd.Filename
}

// filesSize estimates the octets of the parts that hold files.
func (cd *checkedDraft) filesSize() int {
	n := 0
	for _, list := range [][]File{cd.Inline, cd.Attachments} {
		for _, f := range list {
			n += len(f.Data)*3/2 + 300
		}
	}
	return n
}

// check returns d in the form in which it is written, or all its FieldErrors in
// the order of the fields of Draft. Content that did not change since the last
// mail has been checked already.
func check(d *Draft, changed changes) (*checkedDraft, error) {
	c := new(checker)
	cd := &checkedDraft{Draft: d}
	c.envelope(cd)
	c.note("Subject", checkLine(d.Subject))
	c.date(cd)
	c.identifiers(cd)
	c.content(cd, changed)
	c.fields(d.Header)
	return cd, refuse(c.errs...)
}

func (c *checker) envelope(cd *checkedDraft) {
	cd.from = c.mailbox("From", cd.From)
	if cd.Sender != nil {
		cd.sender = c.mailbox("Sender", *cd.Sender)
	}
	if len(cd.To)+len(cd.Cc) == 0 {
		c.note("To", errors.New("no recipient in To or Cc"))
	}
	cd.to = c.mailboxes("To", cd.To)
	cd.cc = c.mailboxes("Cc", cd.Cc)
	cd.replyTo = c.mailboxes("ReplyTo", cd.ReplyTo)
}

func (c *checker) mailbox(field string, a mail.Address) mailbox {
	m, nameErr, addrErr := newMailbox(a)
	if nameErr != nil || addrErr != nil {
		c.note(field+".Name", nameErr)
		c.note(field+".Address", addrErr)
	}
	return m
}

func (c *checker) mailboxes(field string, list []mail.Address) []mailbox {
	boxes := make([]mailbox, len(list))
	for i, a := range list {
		m, nameErr, addrErr := newMailbox(a)
		c.noteItem(field, i, ".Name", nameErr)
		c.noteItem(field, i, ".Address", addrErr)
		boxes[i] = m
	}
	return boxes
}

// date sets the date, in its own zone if RFC 5322, section 3.3, can express it,
// and otherwise in UTC.
func (c *checker) date(cd *checkedDraft) {
	cd.date = cd.Date
	if _, offset := cd.date.Zone(); offset%60 != 0 || offset/3600 <= -24 || offset/3600 >= 24 {
		cd.date = cd.date.UTC()
	}
	switch year := cd.date.Year(); {
	case cd.Date.IsZero():
		c.note("Date", errors.New("is not set"))
	case year < 1900 || year > 9999:
		c.note("Date", fmt.Errorf("year %d cannot be written", year))
	}
}

func (c *checker) identifiers(cd *checkedDraft) {
	var err error
	if cd.MessageID != "" {
		cd.id, err = newID(cd.MessageID)
		c.note("MessageID", err)
	}
	if cd.InReplyTo != "" {
		cd.inReplyTo, err = earlierID(cd.InReplyTo)
		c.note("InReplyTo", err)
	}
	cd.references = make([]string, len(cd.References))
	for i, id := range cd.References {
		cd.references[i], err = earlierID(id)
		c.noteItem("References", i, "", err)
	}
}

// checkText returns an error if s cannot be the text of a mail, and tells whether it
// can be sent as it is.
func checkText(s string) (is7bit bool, err error) {
	if strings.TrimSpace(s) == "" {
		return false, errors.New("is empty")
	}
	if fits7bit(s) {
		return true, nil
	}
	if strings.HasPrefix(s, "\ufeff") {
		return false, errors.New("starts with a byte order mark")
	}
	if i := controlIn(s); i >= 0 {
		return false, fmt.Errorf("control character %U at octet %d", s[i], i)
	}
	if !utf8.ValidString(s) {
		return false, errors.New("invalid UTF-8")
	}
	return false, nil
}

// controlIn returns the offset of the first control character that must not be
// in the text of a mail, and -1 if there is none.
func controlIn[T string | []byte](s T) int {
	for at := 0; at < len(s); at += 8 {
		if at+8 <= len(s) && !hasControl(load8(s[at:])) {
			continue
		}
		for i := at; i < min(at+8, len(s)); i++ {
			if notInText[s[i]] {
				return i
			}
		}
	}
	return -1
}

// notInText holds these characters. A table is the fastest way to look them up.
var notInText = func() (is [256]bool) {
	for c := range byte(' ') {
		is[c] = c != '\t' && c != '\r' && c != '\n'
	}
	is[0x7f] = true
	return is
}()

// content checks the fields that are written below the header.
func (c *checker) content(cd *checkedDraft, changed changes) {
	var err error
	if changed.text || cd.Text == "" {
		cd.text7bit, err = checkText(cd.Text)
		c.note("Text", err)
	}
	if changed.html && cd.HTML != "" {
		cd.html7bit, err = checkText(cd.HTML)
		c.note("HTML", err)
	}
	c.calendar(cd.Draft, changed.calendar)
	if !changed.frame {
		return
	}
	c.note("Filename", checkFilename(cd.Filename))
	c.inline(cd.Draft)
	c.attachments(cd.Attachments)
}

// calendar checks Calendar and Method. The object itself is checked only if
// recheck is true.
func (c *checker) calendar(d *Draft, recheck bool) {
	switch {
	case len(d.Calendar) > 0 && recheck:
		c.note("Calendar", checkCalendar(d.Calendar))
		c.note("Method", checkMethod(d.Method, d.Calendar))
	case len(d.Calendar) == 0 && d.Method != "":
		c.note("Method", errors.New("is set, but there is no Calendar"))
	}
}

// inline checks the images of the HTML.
func (c *checker) inline(d *Draft) {
	if len(d.Inline) > 0 && d.HTML == "" {
		c.note("Inline", errors.New("there is no HTML to show it in"))
	}
	var seen []string
	for i, f := range d.Inline {
		c.file("Inline", i, f)
		id, err := newID(f.ContentID)
		if err == nil && slices.Contains(seen, id) {
			err = errors.New("occurs twice")
		}
		c.noteItem("Inline", i, ".ContentID", err)
		seen = append(seen, id)
	}
}

func (c *checker) attachments(list []File) {
	for i, f := range list {
		if f.Name == "" {
			c.noteItem("Attachments", i, ".Name", errors.New("is empty"))
		}
		c.file("Attachments", i, f)
		if f.ContentID != "" {
			c.noteItem("Attachments", i, ".ContentID", errors.New("is for Inline only"))
		}
	}
}

func (c *checker) file(list string, i int, f File) {
	c.noteItem(list, i, ".Name", checkFilename(f.Name))
	if f.MediaType != "" {
		c.noteItem(list, i, ".MediaType", checkMediaType(f.MediaType))
	}
}

func (c *checker) fields(list []Field) {
	for i, f := range list {
		c.noteItem("Header", i, ".Name", checkFieldName(f.Name))
		c.noteItem("Header", i, ".Value", checkFieldValue(f.Value))
	}
}

// Validate returns an error if no Draft may have f among its Attachments, and nil
// otherwise. The error has a [*FieldError] for Name, MediaType and ContentID.
func (f *File) Validate() error {
	c := new(checker)
	c.attachments([]File{*f})
	return c.own("Attachments[0].")
}

// Validate returns an error if no Draft may have f in its Header, and nil otherwise.
// The error has a [*FieldError] for Name and Value.
func (f *Field) Validate() error {
	c := new(checker)
	c.fields([]Field{*f})
	return c.own("Header[0].")
}

// own returns the errors with the paths of their fields after prefix.
func (c *checker) own(prefix string) error {
	for _, e := range c.errs {
		e.Field = strings.TrimPrefix(e.Field, prefix)
	}
	return refuse(c.errs...)
}

// reserved lists, in lower case, fields that a draft cannot set by Header:
// fields that Build writes itself, fields that only servers on the way write
// (RFC 5321, section 4.4), and Bcc.
var reserved = []string{
	"from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to",
	"references", "mime-version", "return-path", "received",
}

// checkFieldName returns an error if s cannot be the name of a further field.
// RFC 5322, section 3.6.8, allows all visible characters except the colon, but
// not all readers accept them.
func checkFieldName(s string) error {
	if s == "" || len(s) > plainWord {
		return fmt.Errorf("is empty, or longer than %d octets", plainWord)
	}
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' {
			return errors.New("holds a character other than letters, digits, hyphen and underscore")
		}
	}
	isReserved := func(name string) bool { return strings.EqualFold(s, name) }
	if slices.ContainsFunc(reserved, isReserved) || hasPrefixFold(s, "content-") || hasPrefixFold(s, "resent-") {
		return fmt.Errorf("%s cannot be set here", s)
	}
	return nil
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func checkFieldValue(s string) error {
	switch {
	case strings.Trim(s, " ") == "":
		return errors.New("is empty")
	case address.IsASCII(s) && longestWord(s) > maxWord:
		return fmt.Errorf("holds a word of more than %d octets", maxWord)
	}
	return checkLine(s)
}
