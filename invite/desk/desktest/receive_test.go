package desktest

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
)

// receive receives a mail.
func (w *world) receive(data []byte) desk.Received {
	w.Helper()
	return must(w.Receive(w.Context(), &inbox.Mail{Data: data}))(w)
}

// TestReceive takes the answers of all clients in, each twice.
func TestReceive(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		for i, client := range invitetest.Clients() {
			uid := w.send(lunch(1))
			w.deliver(uid)
			status := []ical.Status{ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative}[i%3]
			data := w.mails.Reply(address(0), status, client)
			r := w.receive(data)
			if r.UID != uid || r.Outcome.Verdict != invite.VerdictApplied || len(r.Events) != 1 || r.Events[0].Kind != desk.EventAnswered {
				w.Errorf("%s: Receive = %+v", client, r)
			}
			check(w, "status", status, w.meeting(uid).Status(address(0)))
			before := w.meeting(uid)
			r = w.receive(data)
			if r.UID != uid || r.Outcome.Verdict != invite.VerdictDuplicate || len(r.Events) != 0 {
				w.Errorf("%s: Receive of the same mail = %+v", client, r)
			}
			checkMeeting(w, "meeting after the second mail", before, w.meeting(uid))
		}
	})
}

// TestReceiveByKey finds the meeting by each kind of key alone.
func TestReceiveByKey(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: [][]byte{[]byte("a secret of the test")}}
		d := w.other(desk.Options{Policy: &invite.Policy{ReplyAddress: w.o.ReplyAddress, Now: w.clock.Now}})
		w.Desk = d
		for _, tt := range []struct {
			name string
			edit func(data, uid string) string
		}{
			{"UID in upper case", func(data, uid string) string { return strings.ReplaceAll(data, uid, strings.ToUpper(uid)) }},
			{"token alone", func(data, uid string) string { return strings.ReplaceAll(data, uid, "of-another-program") }},
		} {
			uid := w.send(lunch(1))
			w.deliver(uid)
			data := string(w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientEvolution))
			r := w.receive([]byte(tt.edit(data, uid)))
			if r.UID != uid || r.Outcome.Verdict != invite.VerdictApplied {
				w.Errorf("%s: Receive = %+v", tt.name, r)
			}
		}
	})
}

// TestReceiveBounce finds the meeting of a bounce by its Message-ID, and by the report of
// an HTTP API.
func TestReceiveBounce(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2))
		w.deliver(uid)
		r := w.receive(w.mails.Bounce(address(0)))
		if r.UID != uid || r.Outcome.Verdict != invite.VerdictUndeliverable || len(r.Events) != 1 || r.Events[0].Kind != desk.EventUndelivered {
			w.Errorf("Receive = %+v", r)
		}
		id := w.meeting(uid).Deliveries[1].MessageID
		o := must(w.Undelivered(w.Context(), id, "", "mailbox full"))(w)
		check(w, "Undelivered", invite.VerdictUndeliverable, o.Verdict)
		w.checkStates("after the reports", uid, invite.DeliveryUndelivered, invite.DeliveryUndelivered)
		must(w.db.Exec(`UPDATE convene_mails SET receipt = 'r-1', state = 'delivered' WHERE n = 1`))(w)
		o = must(w.Undelivered(w.Context(), "r-1", "", "mailbox full"))(w)
		check(w, "Undelivered by receipt", invite.VerdictUndeliverable, o.Verdict)
		o = must(w.Undelivered(w.Context(), "r-2\x00", "", ""))(w)
		check(w, "Undelivered of a stranger", invite.VerdictUnknownEvent, o.Verdict)
	})
}

// TestReceiveOther checks that mails about no meeting are no error.
func TestReceiveOther(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		w.deliver(uid)
		reply := w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientGmail)
		stranger := newWorld(w.T, newSQLite(w.T), desk.Options{})
		for _, tt := range []struct {
			name string
			mail *inbox.Mail
			want invite.Verdict
		}{
			{"nil", nil, invite.VerdictNotAnAnswer},
			{"empty", &inbox.Mail{}, invite.VerdictNotAnAnswer},
			{"no mail", &inbox.Mail{Data: []byte("\x00\xff")}, invite.VerdictNotAnAnswer},
			{"newsletter", &inbox.Mail{Data: []byte("From: a@example.com\r\nMessage-ID: <\xff\x00>\r\nIn-Reply-To: <\xff\x00@x>\r\n\r\nhello\r\n")}, invite.VerdictNotAnAnswer},
			{"another desk's", &inbox.Mail{Data: reply}, invite.VerdictUnknownEvent},
		} {
			r, err := stranger.Receive(w.Context(), tt.mail)
			if err != nil || r.Outcome.Verdict != tt.want || r.UID != "" {
				w.Errorf("%s: Receive = %+v, %v, want %s", tt.name, r, err, tt.want)
			}
			if tt.name == "another desk's" {
				continue
			}
			if r, err = w.Receive(w.Context(), tt.mail); err != nil || r.Outcome.Verdict != tt.want || r.UID != "" {
				w.Errorf("%s: Receive = %+v, %v, want %s", tt.name, r, err, tt.want)
			}
		}
	})
}

// TestAnswers100 has 100 attendees answer at once, while the meeting is changed and its
// mails are sent. No answer is lost.
func TestAnswersAtOnce(t *testing.T) {
	const n = 100
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(2 * n))
		errs := make(chan error)
		for i := range n {
			d := w.Desk
			if i%10 == 0 {
				d = w.other(desk.Options{})
			}
			go func() {
				_, err := d.Answer(w.Context(), uid, w.yes(address(i)))
				errs <- err
			}()
		}
		go func() { errs <- w.Deliver(w.Context(), uid) }()
		go func() {
			_, err := w.Update(w.Context(), uid, func(e *ical.Event) error { e.Description = "Bring a pen."; return nil })
			errs <- err
		}()
		for range n + 2 {
			if err := <-errs; err != nil {
				w.Error(err)
			}
		}
		m := w.meeting(uid)
		check(w, "accepted", n, m.Tally().Accepted)
		check(w, "description", "Bring a pen.", m.Event.Description)
		w.deliver(uid)
		check(w, "open mails", 0, w.meeting(uid).Tally().Pending)
	})
}

// TestHeld keeps mails for a person, who applies one and dismisses the other.
func TestHeld(t *testing.T) {
	o := desk.Options{Policy: &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold}}
	eachWorld(t, o, func(w *world) {
		uid := w.send(lunch(1))
		w.deliver(uid)
		data := string(w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientEvolution))
		from := func(who string) []byte { return []byte(strings.ReplaceAll(data, address(0), who)) }
		for _, who := range []string{"eve@example.com", "eve@example.com", "mallory@example.com"} {
			r := w.receive(from(who))
			if r.UID != uid || r.Outcome.Verdict != invite.VerdictHeld && r.Outcome.Verdict != invite.VerdictDuplicate {
				w.Errorf("%s: Receive = %+v", who, r)
			}
		}
		var held []desk.HeldMail
		for h, err := range w.Held(w.Context()) {
			held = append(held, must(h, err)(w))
		}
		if len(held) != 2 || held[0].UID != uid || held[0].Reason == "" {
			w.Fatalf("held = %+v, want two mails", held)
		}
		for _, h := range held {
			if strings.Contains(string(h.Mail.Data), "mallory") {
				if err := w.Dismiss(w.Context(), h.ID); err != nil {
					w.Error(err)
				}
				continue
			}
			r := must(w.ApplyHeld(w.Context(), h.ID))(w)
			check(w, "ApplyHeld", invite.VerdictApplied, r.Outcome.Verdict)
		}
		m := w.meeting(uid)
		check(w, "status of eve", ical.StatusAccepted, m.Status("eve@example.com"))
		check(w, "attendees", 2, len(m.Attendees(time.Time{})))
		for range w.Held(w.Context()) {
			w.Error("a mail is still held")
		}
		if r := w.receive(from("mallory@example.com")); r.Outcome.Verdict != invite.VerdictDuplicate {
			w.Errorf("Receive of a dismissed mail = %+v", r)
		}
		if err := w.Dismiss(w.Context(), held[0].ID); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("Dismiss = %v, want ErrNotFound", err)
		}
		if _, err := w.ApplyHeld(w.Context(), held[0].ID); !errors.Is(err, desk.ErrNotFound) {
			w.Errorf("ApplyHeld = %v, want ErrNotFound", err)
		}
		check(w, "texts of mails", 0, w.count(`SELECT COUNT(*) FROM convene_received WHERE mail <> ''`))
	})
}

// TestInvited checks that a delegate and an attendee who asks for the current version get
// the request, in the same transaction.
func TestInvited(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		uid := w.send(lunch(1))
		w.deliver(uid)
		r := w.reply(address(0), ical.StatusDelegated, func(a *invitetest.Answer) { a.DelegateTo = "bob@example.com" })
		if len(r.Events) != 1 || r.Events[0].Kind != desk.EventDelegated || r.Events[0].Answer.DelegatedTo != "bob@example.com" {
			w.Errorf("Receive = %+v", r)
		}
		w.checkStates("after the delegation", uid, delivered, pending)
		w.deliver(uid)
		check(w, "mails to the delegate", 1, len(w.mails.MessagesTo("bob@example.com")))

		refresh := "From: p0@example.com\r\nTo: desk@example.com\r\nDate: Mon, 01 Feb 2027 09:00:00 +0000\r\nMessage-ID: <refresh@example.com>\r\n" +
			"MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REFRESH\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REFRESH\r\n" +
			"BEGIN:VEVENT\r\nUID:" + uid + "\r\nDTSTAMP:20270201T090000Z\r\nORGANIZER:mailto:desk@example.com\r\n" +
			"ATTENDEE:mailto:bob@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		for range 2 {
			r := w.receive([]byte(refresh))
			if r.UID != uid {
				w.Errorf("Receive = %+v", r)
			}
			w.deliver(uid)
		}
		check(w, "mails to the delegate", 2, len(w.mails.MessagesTo("bob@example.com")))
	})
}
