package mime

import (
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode/utf8"
)

// checker collects what is wrong with a Draft.
type checker struct{ errs []error }

// note records err, if there is one, for a field.
func (c *checker) note(field string, err error) {
	if err != nil {
		c.errs = append(c.errs, &FieldError{Field: field, Err: err})
	}
}

// check returns d in the form in which it is written, or all its FieldErrors,
// in the order of the fields of Draft. The content may have been checked before.
func check(d *Draft, content bool) (*letter, error) {
	c := new(checker)
	l := &letter{Draft: d}
	c.envelope(l)
	c.note("Subject", checkLine(d.Subject))
	c.date(l)
	c.identifiers(l)
	if content {
		c.content(l)
	}
	c.fields(d.Header)
	return l, errors.Join(c.errs...)
}

func (c *checker) envelope(l *letter) {
	l.from = c.mailbox("From", l.From)
	if l.Sender != nil {
		l.sender = c.mailbox("Sender", *l.Sender)
	}
	if len(l.To)+len(l.Cc) == 0 {
		c.note("To", errors.New("no recipient, nor one in Cc"))
	}
	l.to = c.mailboxes("To", l.To)
	l.cc = c.mailboxes("Cc", l.Cc)
	l.replyTo = c.mailboxes("ReplyTo", l.ReplyTo)
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
		boxes[i] = c.mailbox(item(field, i), a)
	}
	return boxes
}

// item is the path of an element of a list.
func item(field string, i int) string { return fmt.Sprintf("%s[%d]", field, i) }

// date takes a zone that RFC 5322, section 3.3, can write, else UTC.
func (c *checker) date(l *letter) {
	l.date = l.Date
	if _, offset := l.date.Zone(); offset%60 != 0 || offset/3600 <= -24 || offset/3600 >= 24 {
		l.date = l.date.UTC()
	}
	switch year := l.date.Year(); {
	case l.Date.IsZero():
		c.note("Date", errors.New("is not set"))
	case year < 1900 || year > 9999:
		c.note("Date", fmt.Errorf("year %d cannot be written", year))
	}
}

func (c *checker) identifiers(l *letter) {
	var err error
	if l.MessageID != "" {
		l.id, err = newID(l.MessageID)
		c.note("MessageID", err)
	}
	if l.InReplyTo != "" {
		l.inReplyTo, err = earlierID(l.InReplyTo)
		c.note("InReplyTo", err)
	}
	l.references = make([]string, len(l.References))
	for i, id := range l.References {
		l.references[i], err = earlierID(id)
		c.note(item("References", i), err)
	}
}

// checkText returns why s is not the text of a mail.
func checkText(s string) error {
	if strings.TrimSpace(s) == "" {
		return errors.New("is empty")
	}
	if strings.HasPrefix(s, "\ufeff") {
		return errors.New("starts with a byte order mark")
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			return fmt.Errorf("control character %U at octet %d", c, i)
		}
	}
	if !utf8.ValidString(s) {
		return errors.New("invalid UTF-8")
	}
	return nil
}

// content checks all that stands below the header.
func (c *checker) content(l *letter) {
	c.note("Text", checkText(l.Text))
	if l.HTML != "" {
		c.note("HTML", checkText(l.HTML))
	}
	c.calendar(l)
	c.inline(l.Draft)
	c.attachments(l.Attachments)
}

func (c *checker) calendar(l *letter) {
	l.filename = l.Filename
	if l.filename == "" {
		l.filename = "invite.ics"
	}
	if len(l.Calendar) > 0 {
		c.note("Calendar", checkCalendar(l.Calendar))
		c.note("Method", checkMethod(l.Method, l.Calendar))
	} else if l.Method != "" {
		c.note("Method", errors.New("is set, but there is no Calendar"))
	}
	c.note("Filename", checkFilename(l.Filename))
}

// inline checks the images of the HTML.
func (c *checker) inline(d *Draft) {
	if len(d.Inline) > 0 && d.HTML == "" {
		c.note("Inline", errors.New("there is no HTML to show it in"))
	}
	var seen []string
	for i, f := range d.Inline {
		path := item("Inline", i)
		c.file(path, f)
		id, err := newID(f.ContentID)
		if err == nil && slices.Contains(seen, id) {
			err = errors.New("occurs twice")
		}
		c.note(path+".ContentID", err)
		seen = append(seen, id)
	}
}

func (c *checker) attachments(list []File) {
	for i, f := range list {
		path := item("Attachments", i)
		if f.Name == "" {
			c.note(path+".Name", errors.New("is empty"))
		}
		c.file(path, f)
		if f.ContentID != "" {
			c.note(path+".ContentID", errors.New("is for Inline only"))
		}
	}
}

func (c *checker) file(path string, f File) {
	c.note(path+".Name", checkFilename(f.Name))
	if f.MediaType != "" {
		c.note(path+".MediaType", checkMediaType(f.MediaType))
	}
}

func (c *checker) fields(list []Field) {
	for i, f := range list {
		path := item("Header", i)
		c.note(path+".Name", checkFieldName(f.Name))
		c.note(path+".Value", checkFieldValue(f.Value))
	}
}

// reserved are the fields, in lower case, that Build writes itself, those that
// only servers on the way write (RFC 5321, section 4.4), and Bcc.
var reserved = []string{
	"from", "sender", "to", "cc", "bcc", "reply-to", "subject", "date", "message-id", "in-reply-to",
	"references", "mime-version", "return-path", "received",
}

// checkFieldName returns why s is not the name of a further field. RFC 5322,
// section 3.6.8, allows all visible characters but the colon; readers do not.
func checkFieldName(s string) error {
	if s == "" || len(s) > plainWord {
		return fmt.Errorf("is empty, or longer than %d octets", plainWord)
	}
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '_' {
			return errors.New("holds another character than letters, digits, hyphen and underscore")
		}
	}
	name := strings.ToLower(s)
	if slices.Contains(reserved, name) || strings.HasPrefix(name, "content-") || strings.HasPrefix(name, "resent-") {
		return fmt.Errorf("%s cannot be set here", s)
	}
	return nil
}

func checkFieldValue(s string) error {
	switch {
	case strings.Trim(s, " ") == "":
		return errors.New("is empty")
	case isASCII(s) && longestWord(s) > maxWord:
		return fmt.Errorf("holds a word of more than %d octets", maxWord)
	}
	return checkLine(s)
}
