package desktest

import (
	"context"
	"database/sql"
	"encoding/base64"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// TestFiles attaches a file to calls of a desk. The desk keeps its name and hash, and
// asks for its data when the mail is sent. If the data is lost or has changed, the mail is
// tried again later.
func TestFiles(t *testing.T) {
	agenda := invite.File{Name: "agenda.bin", Data: []byte("\x00\r\n.\r\n\xff the agenda")}
	var data []byte
	var asked []string
	o := desk.Options{Files: func(_ context.Context, uid, name, hash string) ([]byte, error) {
		asked = append(asked, uid+" "+name)
		if data == nil {
			return nil, fs.ErrNotExist
		}
		return data, nil
	}}
	eachWorld(t, o, func(w *world) {
		data, asked = nil, nil
		uid := w.send(lunch(2), invite.Attach(agenda))
		must(w.Update(w.Context(), uid, move(time.Hour), invite.Comment("later")))(w)
		if m := w.meeting(uid); len(asked) > 0 || len(m.Attached) != 1 || m.Deliveries[3].Attached != 1 || strings.Contains(shown(w, m), "the agenda") {
			w.Errorf("asked %v before a mail is sent, and stored %s", asked, shown(w, m))
		}
		w.deliver(uid)
		data = []byte("another agenda")
		w.clock.Advance(time.Hour)
		w.deliver(uid)
		if n := len(w.mails.Messages()); n > 0 {
			w.Errorf("%d mails without their file", n)
		}
		data, asked = agenda.Data, nil
		w.clock.Advance(time.Hour)
		w.other(o).Deliver(w.Context(), uid)
		check(w, "asked", []string{uid + " " + agenda.Name}, asked)
		for _, m := range w.mails.Messages() {
			if text := string(m.Data); strings.Count(text, `filename="agenda.bin"`) != 1 || !strings.Contains(text, base64.StdEncoding.EncodeToString(agenda.Data)) {
				w.Errorf("the file is not in the mail: %s", text)
			}
		}
		w.checkStates("at last", uid, overtaken, overtaken, delivered, delivered)
	})
}

// TestFilesLost attaches a file whose data is gone for good. The delivery says why the mail
// waits. After five days it is refused, as a mail that no server takes, and the next mail to
// the attendee goes out.
func TestFilesLost(t *testing.T) {
	for _, watched := range []bool{false, true} {
		var failed []desk.Event
		o := desk.Options{Files: func(context.Context, string, string, string) ([]byte, error) { return nil, fs.ErrNotExist }}
		if watched {
			o.OnEvent = func(_ context.Context, _ *sql.Tx, e desk.Event) error {
				if e.Kind == desk.EventFailed {
					failed = append(failed, e)
				}
				return nil
			}
		}
		eachWorld(t, o, func(w *world) {
			failed = nil
			uid := w.send(nextMonth(), invite.Attach(invite.File{Name: "agenda.bin", Data: []byte("the agenda")}))
			w.deliver(uid)
			const words = `the file "agenda.bin": Options.Files: file does not exist`
			check(w, "reply", words, w.meeting(uid).Deliveries[0].Reply)
			tries := 1
			for ; w.meeting(uid).Tally().Pending > 0 && tries < 1000; tries++ {
				w.clock.Advance(time.Hour)
				w.deliver(uid)
			}
			w.checkStates("after five days", uid, refused)
			check(w, "tries", 125, tries)
			check(w, "reply at last", "tried 125 times in vain: "+words, w.meeting(uid).Deliveries[0].Reply)
			if watched && (len(failed) != 1 || failed[0].Reason != "tried 125 times in vain: "+words) {
				w.Errorf("events %+v", failed)
			}
			must(w.Reinvite(w.Context(), uid, []string{address(0)}))(w)
			w.deliver(uid)
			check(w, "mails", 1, len(w.mails.Messages()))
		})
	}
}

// TestFilesRefused attaches a file in a desk that cannot get its data later.
func TestFilesRefused(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		file := invite.Attach(invite.File{Name: "a", Data: []byte("a")})
		if _, err := w.Send(w.Context(), lunch(1), file); err == nil || !strings.Contains(err.Error(), "Options.Files") {
			w.Errorf("Send = %v, want an error", err)
		}
		uid := w.send(lunch(1))
		if _, err := w.Remind(w.Context(), uid, file); err == nil || errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Remind = %v, want an error", err)
		}
		if n := w.count(`SELECT COUNT(*) FROM convene_mails`); n != 1 {
			w.Errorf("%d mails are stored, want the invitation alone", n)
		}
	})
}
