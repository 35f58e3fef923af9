package invite_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// agenda is a small file with octets that mail programs like to change.
func agenda() invite.File {
	return invite.File{Name: "Tagesordnung für März.pdf", MediaType: "application/pdf", Data: []byte("%PDF\r\n.\r\n..\nFrom x\n\x00\xff\r-- \r\nend")}
}

// shelf keeps the files of a program, by their hash, and counts how often they are asked for.
type shelf struct {
	files map[string][]byte
	err   error
	asked []string
}

func (s *shelf) get(_ context.Context, uid, name, hash string) ([]byte, error) {
	s.asked = append(s.asked, uid+" "+name)
	if s.err != nil {
		return nil, s.err
	}
	data, ok := s.files[hash]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

// put keeps a file under the hash that the meeting has of it.
func (s *shelf) put(m *invite.Meeting, files ...invite.File) {
	for _, a := range m.Attached {
		for _, x := range a.Files {
			for _, f := range files {
				if f.Name == x.Name && len(f.Data) == x.Size {
					if s.files == nil {
						s.files = make(map[string][]byte)
					}
					s.files[x.Hash] = f.Data
				}
			}
		}
	}
}

// fileNames returns the names and sizes of the files of a mail, besides its calendar object.
func fileNames(t *testing.T, m *invite.Message) (out []string) {
	t.Helper()
	for _, l := range parseMail(t, m.Data).leaves {
		disposition, params, err := mime.ParseMediaType(l.disposition)
		if err == nil && disposition == "attachment" && l.mediaType != "application/ics" {
			out = append(out, fmt.Sprint(params["filename"], " ", len(l.data)))
		}
	}
	return out
}

// filesByMail returns "ann: a.txt 3" for each mail, and forgets the mails.
func (r *recorder) filesByMail(t *testing.T) (out []string) {
	t.Helper()
	for _, m := range r.mails {
		who, _, _ := strings.Cut(strings.Join(m.To, " "), "@")
		out = append(out, strings.TrimSpace(who+": "+strings.Join(fileNames(t, m), ", ")))
	}
	r.take()
	return out
}

func note(name, text string) invite.File {
	return invite.File{Name: name, MediaType: "text/plain", Data: []byte(text)}
}

// TestAttach attaches a file in every call that mails. It arrives byte for byte, after a
// multipart/alternative that is as without a file.
func TestAttach(t *testing.T) {
	s, file := new(recorder), agenda()
	c, ctx := s.client(), t.Context()
	e := weeklyTrio()
	m := mustSend(t, c, e, invite.Attach(file))
	checkAttached(t, "Send", s, 3, "mixed(alternative(text/plain text/html text/calendar) application/ics application/pdf)")
	e.Location = "Roof"
	m = must(t)(c.Update(ctx, m, e, invite.Attach(file)))
	checkAttached(t, "Update", s, 3, "")
	m = must(t)(c.Remind(ctx, m, invite.Attach(file)))
	checkAttached(t, "Remind", s, 3, "")
	m = must(t)(c.Reinvite(ctx, m, []string{"ann@example.test"}, invite.Attach(file)))
	checkAttached(t, "Reinvite", s, 1, "")
	m = must(t)(c.RemindStart(ctx, m, e.Start, []string{"ann@example.test"}, invite.Attach(file)))
	checkAttached(t, "RemindStart", s, 1, "mixed(alternative(text/plain text/html) application/pdf)")
	m = must(t)(c.Refuse(ctx, m, "eve@example.test", time.Time{}, invite.Attach(file)))
	checkAttached(t, "Refuse", s, 1, "")
	m, o := m.Propose(invite.Proposal{Email: "bob@example.test", Start: e.Start.Add(time.Hour), Via: "phone", Stamp: pinned().AddDate(0, 0, 1)})
	if len(m.Proposals) != 1 {
		t.Fatal(o)
	}
	m = must(t)(c.DeclineProposal(ctx, m, m.Proposals[0], invite.Attach(file)))
	checkAttached(t, "DeclineProposal", s, 1, "")
	after := e
	after.Location = "Cellar"
	old, rest, err := c.UpdateFollowing(ctx, m, e.Start.AddDate(0, 0, 14), after, invite.Attach(file))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"ann: " + file.Name, "ann:", "bob: " + file.Name, "bob:", "cy: " + file.Name, "cy:"}
	var got []string
	for _, x := range s.filesByMail(t) {
		got = append(got, strings.TrimSuffix(x, fmt.Sprint(" ", len(file.Data))))
	}
	check(t, "UpdateFollowing: the mails about the rest have the file", want, got)
	if len(rest.Attached) != 1 || len(old.Attached) != 1 {
		t.Errorf("%d and %d lists of files are kept, want one each, because all are equal", len(old.Attached), len(rest.Attached))
	}
	must(t)(c.Cancel(ctx, old, invite.Attach(file)))
	checkAttached(t, "Cancel", s, 3, "")
}

// checkAttached checks that n mails have the agenda.
func checkAttached(t *testing.T, call string, s *recorder, n int, tree string) {
	t.Helper()
	if len(s.mails) != n {
		t.Errorf("%s: %d mails, want %d", call, len(s.mails), n)
	}
	want := agenda()
	for _, m := range s.mails {
		p := parseMail(t, m.Data)
		if tree != "" && p.tree != tree {
			t.Errorf("%s: the mail is %s, want %s", call, p.tree, tree)
		}
		last := p.leaves[len(p.leaves)-1]
		_, params, err := mime.ParseMediaType(last.disposition)
		if err != nil || params["filename"] != want.Name || last.mediaType != want.MediaType || !bytes.Equal(last.data, want.Data) {
			t.Errorf("%s: the last part is %q, %s, %q, %v", call, params["filename"], last.mediaType, last.data, err)
		}
		if in := readMail(t, m.Data); in.Kind == "other" && call != "RemindStart" {
			t.Errorf("%s: Read does not see the calendar object: %s", call, in.Reason)
		}
	}
	s.take()
}

// TestAttachBad attaches files that a mail cannot have. Each error names the field, and
// nothing is sent.
func TestAttachBad(t *testing.T) {
	file := func(name, mediaType string) []invite.File {
		return []invite.File{{Name: "good.txt", Data: []byte("x")}, {Name: name, MediaType: mediaType, Data: []byte("x")}}
	}
	tests := []struct {
		name  string
		files []invite.File
		want  string
	}{
		{"no name", file("", ""), "Attach[1].Name: is empty"},
		{"no data", []invite.File{{Name: "a.txt"}}, `Attach[0].Data: the file "a.txt" is empty`},
		{"path", file("../../etc/passwd", ""), "Attach[1].Name: holds a path separator"},
		{"path of Windows", file(`C:\boot.ini`, ""), "Attach[1].Name: holds a path separator"},
		{"dots", file("..", ""), "Attach[1].Name: consists of dots"},
		{"dot at the end", file("run.exe.", ""), "Attach[1].Name: ends with a dot"},
		{"line break", file("a\r\nBcc: x@example.test", ""), "Attach[1].Name: control character U+000D"},
		{"NUL", file("a\x00.txt", ""), "Attach[1].Name: control character U+0000"},
		{"turned", file("invoice\u202efdp.exe", ""), "Attach[1].Name: holds an invisible character at octet 7"},
		{"line separator", file("a\u2028b", ""), "Attach[1].Name: holds an invisible character"},
		{"invalid UTF-8", file("a\xff", ""), "Attach[1].Name: invalid UTF-8"},
		{"long name", file(strings.Repeat("a", 256), ""), "Attach[1].Name: is longer than 255"},
		{"type with parameter", file("a", "text/plain; charset=x"), `Attach[1].MediaType: is not "type/subtype"`},
		{"type with line break", file("a", "text/plain\r\nX: y"), "Attach[1].MediaType"},
		{"composite type", file("a", "multipart/mixed"), "Attach[1].MediaType: is a composite type"},
		{"mail", file("a.eml", "message/rfc822"), "Attach[1].MediaType: is a composite type"},
		{"calendar", file("a", "Text/Calendar"), "Attach[1].MediaType: text/calendar is a calendar object"},
		{"calendar by its name", file("other.ICS", "application/octet-stream"), "Attach[1].Name"},
		{"TNEF", file("winmail.dat", ""), "Attach[1].Name"},
		{"TNEF by its registered type", file("a.dat", "application/vnd.ms-tnef"), "Attach[1].Name"},
		{"one name twice", []invite.File{note("a.txt", "1"), note("A.TXT", "2")}, `Attach[1].Name: two files have the name "A.TXT"`},
		{"too large", []invite.File{{Name: "a", Data: make([]byte, 8<<20)}, {Name: "b", Data: make([]byte, 8<<20)}}, "Attach: the files of a mail have 16777216 octets, more than 15728640 (15 MiB)"},
		{"too many", manyNotes(21), "Attach: a mail would have 21 files, more than 20"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := new(recorder)
			m, err := s.client().Send(t.Context(), trio(), invite.Attach(tt.files...))
			if err == nil || !strings.HasPrefix(err.Error(), "invite: "+tt.want) || m != nil || len(s.mails) > 0 {
				t.Errorf("Send = %v, %v with %d mails, want the error %q", m, err, len(s.mails), tt.want)
			}
			if len(ical.FieldErrors(err)) != 1 {
				t.Errorf("the error %v names no field", err)
			}
			if _, err := s.client().PlanSend(trio(), invite.Attach(tt.files...)); err == nil {
				t.Error("PlanSend has no error")
			}
		})
	}
}

func manyNotes(n int) (out []invite.File) {
	for i := range n {
		out = append(out, note(fmt.Sprint(i), "x"))
	}
	return out
}

// TestAttachQueued queues mails with files. Their data is asked for again when they are sent.
func TestAttachQueued(t *testing.T) {
	s, files := new(recorder), new(shelf)
	if _, err := s.client().Send(t.Context(), trio(), invite.QueueOnly(), invite.Attach(agenda())); err == nil || !strings.Contains(err.Error(), "Attach") || !strings.Contains(err.Error(), "Options.Files") {
		t.Errorf("QueueOnly without Options.Files = %v, want an error about it", err)
	}
	c := s.client(func(o *invite.Options) { o.Files = files.get })
	m := reload(t, mustSend(t, c, trio(), invite.QueueOnly(), invite.Attach(agenda())))
	if len(files.asked) > 0 {
		t.Errorf("asked for %v before a mail was sent", files.asked)
	}
	data, _ := agenda(), 0
	if text := string(encode(t, m)); !strings.Contains(text, `"name":"`+data.Name+`","mediaType":"application/pdf","hash":"`) || strings.Contains(text, "JVBERg0K") || strings.Contains(text, "%PDF") {
		t.Errorf("the stored meeting has the data, or not the description: %s", text)
	}

	broken, err := c.Resume(t.Context(), m)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), data.Name) || len(s.mails) > 0 {
		t.Fatalf("Resume with a lost file = %v and %d mails, want an error that names it", err, len(s.mails))
	}
	check(t, "states", []invite.DeliveryState{"pending", "pending", "pending"}, states(broken))
	if n := len(files.asked); n != 1 {
		t.Errorf("asked %d times, want once for the mails that follow each other", n)
	}

	files.put(m, data)
	for hash := range files.files {
		files.files[hash] = append([]byte("x"), data.Data[1:]...)
	}
	if _, err = c.Resume(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "SHA-256") || len(s.mails) > 0 {
		t.Errorf("Resume with a file that changed = %v and %d mails, want an error", err, len(s.mails))
	}

	files.put(m, data)
	files.asked = nil
	if _, err = c.Resume(t.Context(), broken); err != nil {
		t.Fatal(err)
	}
	checkAttached(t, "Resume", s, 3, "")
	check(t, "asked", []string{"uid-1 " + data.Name}, files.asked)

	files.err = invite.ErrSkipFile
	must(t)(c.Resume(t.Context(), m))
	check(t, "mails without the file", []string{"ann:", "bob:", "cy:"}, s.filesByMail(t))
}

// TestAttachOvertaken changes a meeting before its mails are sent. The mails that take
// their place have the files of both. A cancellation has none.
func TestAttachOvertaken(t *testing.T) {
	s, files := new(recorder), new(shelf)
	c := s.client(func(o *invite.Options) { o.Files = files.get })
	one, two := note("one.txt", "1"), note("two.txt", "22")
	newer := note("ONE.txt", "newer")
	m := mustSend(t, c, trio(), invite.QueueOnly(), invite.Attach(one))
	files.put(m, one, two, newer)
	e := m.Event
	e.Location = "Roof"
	m = must(t)(c.Update(t.Context(), m, e, invite.QueueOnly(), invite.Attach(two)))
	e = m.Event
	e.Attendees = e.Attendees[:2] // cy has no invitation yet, and gets nothing
	e.Location = "Cellar"
	files.put(m, one, two, newer)
	m = must(t)(c.Update(t.Context(), m, e)) // not queued
	check(t, "files", []string{"ann: two.txt 2, one.txt 1", "bob: two.txt 2, one.txt 1"}, s.filesByMail(t))

	e = m.Event
	e.Location = "Hall"
	m = must(t)(c.Update(t.Context(), m, e, invite.QueueOnly(), invite.Attach(one)))
	e = m.Event
	e.Location = "Yard"
	m = must(t)(c.Update(t.Context(), m, e, invite.QueueOnly(), invite.Attach(newer)))
	files.put(m, newer)
	m = must(t)(c.Resume(t.Context(), m))
	check(t, "newer file", []string{"ann: ONE.txt 5", "bob: ONE.txt 5"}, s.filesByMail(t))
	e = m.Event
	e.Location = "Garden"
	m = must(t)(c.Update(t.Context(), m, e, invite.QueueOnly(), invite.Attach(one)))
	must(t)(c.Cancel(t.Context(), m))
	check(t, "cancellation", []string{"ann:", "bob:"}, s.filesByMail(t))
}

// TestAttachOvertakenTooLarge changes a meeting whose invitation waits with a large file. If
// the new mail would be too large with it, the error says what to do.
func TestAttachOvertakenTooLarge(t *testing.T) {
	c := new(recorder).client(func(o *invite.Options) { o.Files = new(shelf).get })
	m := mustSend(t, c, trio(), invite.QueueOnly(), invite.Attach(invite.File{Name: "a", Data: make([]byte, 8<<20)}))
	e := m.Event
	e.Location = "Roof"
	_, err := c.Update(t.Context(), m, e, invite.QueueOnly(), invite.Attach(invite.File{Name: "b", Data: make([]byte, 8<<20)}))
	if err == nil || !strings.HasPrefix(err.Error(), "invite: Attach: the files of a mail have 16777216 octets") ||
		!strings.Contains(err.Error(), "the files of waiting mails") || len(ical.FieldErrors(err)) != 1 {
		t.Errorf("Update = %v", err)
	}
	must(t)(c.Update(t.Context(), m, e, invite.QueueOnly()))
}

// TestAttachWithoutFiles has a mail with a file that failed for a while, and a client
// without Options.Files. A call that attaches the file again sends it.
func TestAttachWithoutFiles(t *testing.T) {
	s := &recorder{fail: failures(errPlain)}
	c := s.client()
	m := mustSend(t, c, trio(), invite.Attach(agenda()))
	s.take()
	m, err := c.Resume(t.Context(), m)
	if err == nil || !strings.Contains(err.Error(), "Options.Files is nil") || len(s.mails) > 0 {
		t.Errorf("Resume = %v with %d mails, want an error", err, len(s.mails))
	}
	was := string(encode(t, m))
	e := m.Event
	e.Location = "Roof"
	out, err := c.Update(t.Context(), m, e)
	if err == nil || out != m || len(s.mails) > 0 || string(encode(t, m)) != was {
		t.Errorf("Update = %v with %d mails, want an error and no change", err, len(s.mails))
	}
	must(t)(c.Update(t.Context(), m, e, invite.Attach(agenda())))
	checkAttached(t, "Update", s, 3, "")
}

// TestResumeOtherFiles has pending mails with a file that is lost, and mails without it.
// The latter are sent.
func TestResumeOtherFiles(t *testing.T) {
	s, files := new(recorder), new(shelf)
	c := s.client(func(o *invite.Options) { o.Files = files.get })
	m := mustSend(t, c, trio())
	s.take()
	m = must(t)(c.Remind(t.Context(), m, invite.OnlyTo("ann@example.test"), invite.QueueOnly(), invite.Attach(agenda())))
	m = must(t)(c.Remind(t.Context(), m, invite.OnlyTo("bob@example.test"), invite.QueueOnly()))
	m, err := c.Resume(t.Context(), m)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Resume = %v, want the lost file", err)
	}
	check(t, "mails", []string{"bob:"}, s.filesByMail(t))
	if got := states(m)[3:]; !slices.Equal(got, []invite.DeliveryState{"pending", "delivered"}) {
		t.Errorf("states %v", got)
	}
}

// TestAttachOneMail sends one mail with a text file to all. The text of the mail that a
// reader takes in is the same as without the file.
func TestAttachOneMail(t *testing.T) {
	s := new(recorder)
	c := s.client()
	mustSend(t, c, trio(), invite.OneMail())
	m := mustSend(t, c, trio(), invite.OneMail(), invite.Attach(note("notes.txt", "the notes\n"), note("page.html", "<p>the page</p>")))
	if len(s.mails) != 2 || len(m.Deliveries) != 3 || m.Deliveries[2].Attached != 1 {
		t.Fatalf("%d mails, %+v", len(s.mails), m.Deliveries)
	}
	check(t, "files", []string{"notes.txt 10", "page.html 15"}, fileNames(t, s.mails[1]))
	without, with := readMail(t, s.mails[0].Data), readMail(t, s.mails[1].Data)
	if without.Mail.Text != with.Mail.Text || with.Event == nil || with.Event.UID != "uid-1" {
		t.Errorf("Read: %q, %+v, want %q", with.Mail.Text, with.Event, without.Mail.Text)
	}
}
