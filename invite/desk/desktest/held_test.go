package desktest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// partsMail is a mail of an attendee that accepts some occurrences of a weekly lunch, and
// delegates others to Bob.
func partsMail(uid, number string, accepted, delegated []int) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "From: p0@example.com\r\nTo: desk@example.com\r\nSubject: Answer\r\nMessage-ID: <%s@example.com>\r\n"+
		"MIME-Version: 1.0\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"+
		"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nVERSION:2.0\r\n", number)
	add := func(week int, attendee string) {
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:%s\r\nDTSTAMP:20270201T100000Z\r\nSEQUENCE:0\r\nRECURRENCE-ID:%s\r\n%s:mailto:p0@example.com\r\nEND:VEVENT\r\n",
			uid, lunch(1).Start.AddDate(0, 0, 7*week).Format("20060102T150405Z"), attendee)
	}
	for _, week := range accepted {
		add(week, "ATTENDEE;PARTSTAT=ACCEPTED")
	}
	for _, week := range delegated {
		add(week, `ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:bob@example.com"`)
	}
	b.WriteString("END:VCALENDAR\r\n")
	return []byte(b.String())
}

// kinds returns the kinds of events in their order.
func kinds(list []desk.Event) (out []desk.EventKind) {
	for _, e := range list {
		out = append(out, e.Kind)
	}
	return out
}

// TestHeldInPart receives mails of which a part is applied and a part is held, before and
// after the meeting has as many held mails as it may have.
func TestHeldInPart(t *testing.T) {
	const most = 100
	eachFollower(t, func(w *world, f *follower) {
		w.Desk = w.other(desk.Options{OnEvent: f.onEvent, Policy: &invite.Policy{InsecureAnyFrom: true, Delegates: invite.DelegatesHold}})
		e := lunch(1)
		e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 30}
		uid := w.send(e)
		held := func() (list []desk.HeldMail) {
			for h, err := range w.Held(w.Context()) {
				list = append(list, must(h, err)(w))
			}
			return list
		}
		answers := func() int { return len(w.meeting(uid).Answers) }
		receive := func(name string, data []byte, verdict invite.Verdict, want ...desk.EventKind) desk.Received {
			before := len(w.told())
			r := w.receive(data)
			check(w, name+": verdict", verdict, r.Outcome.Verdict)
			check(w, name+": events", want, kinds(r.Events))
			check(w, name+": events told", len(want), len(w.told())-before)
			return r
		}

		mixed := partsMail(uid, "mixed", []int{0}, []int{1})
		receive("mixed", mixed, invite.VerdictApplied, desk.EventAnswered, desk.EventHeld)
		receive("mixed again", mixed, invite.VerdictDuplicate)
		check(w, "answers", 1, answers())
		check(w, "time of the held mail", w.clock.Now().UTC(), held()[0].Time)
		for i := range most - 1 {
			w.clock.Advance(time.Minute)
			receive("held", partsMail(uid, fmt.Sprint(i), nil, []int{2}), invite.VerdictHeld, desk.EventHeld)
		}
		list := held()
		check(w, "held mails", most, len(list))
		for i := 1; i < len(list); i++ {
			if !list[i].Time.After(list[i-1].Time) {
				w.Errorf("held mail %d came at %v, and the next at %v", i-1, list[i-1].Time, list[i].Time)
			}
		}

		// Now the meeting has all held mails that it may have.
		late := partsMail(uid, "late", []int{3}, []int{4})
		r := receive("late", late, invite.VerdictApplied, desk.EventAnswered)
		if !strings.Contains(r.Outcome.Reason, "too many held mails") {
			w.Errorf("the reason is %q, and does not say that a part of the mail is lost", r.Outcome.Reason)
		}
		receive("late again", late, invite.VerdictDuplicate)
		check(w, "answers", 2, answers())
		whole := partsMail(uid, "whole", nil, []int{4})
		receive("whole", whole, invite.VerdictHeld)
		if err := w.Dismiss(w.Context(), list[0].ID); err != nil {
			w.Fatal(err)
		}
		receive("whole again, after a person has made room", whole, invite.VerdictHeld, desk.EventHeld)
		check(w, "held mails", most, len(held()))
	})
}

// TestHeldOctets checks that a few large mails of a stranger do not fill the database.
func TestHeldOctets(t *testing.T) {
	eachDatabase(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{Policy: &invite.Policy{InsecureAnyFrom: true, Uninvited: invite.UninvitedHold}})
		uid := w.send(lunch(1))
		w.deliver(uid)
		large := strings.Repeat(strings.Repeat("x", 70)+"\r\n", 13<<20/72)
		held := 0
		for i := range 4 {
			eve := strings.ReplaceAll(string(partsMail(uid, fmt.Sprint(i), nil, nil)), "END:VCALENDAR", "BEGIN:VEVENT\r\nUID:"+uid+
				"\r\nDTSTAMP:20270201T100000Z\r\nSEQUENCE:0\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:eve@example.com\r\nEND:VEVENT\r\nEND:VCALENDAR")
			eve = strings.ReplaceAll(eve, "p0@example.com", "eve@example.com")
			if i < 3 { // the last one is small
				eve = strings.Replace(eve, "\r\n\r\n", "\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"+large+"--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\n", 1)
				eve = strings.Replace(eve, "text/calendar; method=REPLY; charset=utf-8", "multipart/mixed; boundary=b", 1) + "--b--\r\n"
			}
			r := w.receive([]byte(eve))
			if !r.Outcome.Held {
				w.Fatalf("Receive = %+v, want held", r.Outcome)
			}
			if len(r.Events) == 1 {
				held++
			}
		}
		check(t, "mails that are kept", 2, held)
		check(t, "mails in the database", 2, w.count(`SELECT COUNT(*) FROM convene_received WHERE state = 'held'`))
	})
}

// TestHeldLetter receives an answer in words. It stays held until a person gives the
// answer to the desk and dismisses the mail.
func TestHeldLetter(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		w.o.ReplyAddress = &invite.ReplyAddress{Mailbox: "desk@example.com", Keys: [][]byte{[]byte("a secret of the test")}}
		w.Desk = w.other(desk.Options{Policy: &invite.Policy{ReplyAddress: w.o.ReplyAddress, Now: w.clock.Now}})
		uid := w.send(lunch(1))
		w.deliver(uid)
		to := w.meeting(uid).ReplyAddresses[address(0)]
		letter := "From: Pat <pat@home.example.test>\nTo: " + to + "\n\nYes, I'll be there.\n"
		r := w.receive([]byte(letter))
		if r.UID != uid || !r.Outcome.Held || len(r.Events) != 1 || r.Events[0].Kind != desk.EventHeld || r.Events[0].Attendee != address(0) {
			w.Fatalf("Receive = %+v", r)
		}
		check(w, "a second time", invite.VerdictDuplicate, w.receive([]byte(letter)).Outcome.Verdict)
		want := &invite.Letter{Email: address(0), From: "pat@home.example.test", Text: "Yes, I'll be there."}
		held := func() (list []desk.HeldMail) {
			for h, err := range w.Held(w.Context()) {
				list = append(list, must(h, err)(w))
			}
			return list
		}
		list := held()
		if len(list) != 1 || string(list[0].Mail.Data) != letter {
			w.Fatalf("Held = %+v", list)
		}
		check(w, "letter", *want, *list[0].Letter)
		before := w.meeting(uid)
		r = must(w.ApplyHeld(w.Context(), list[0].ID))(w)
		if !r.Outcome.Held || len(r.Events) != 0 || len(held()) != 1 {
			w.Errorf("ApplyHeld = %+v, want that the letter stays held", r)
		}
		checkMeeting(w, "meeting after ApplyHeld", before, w.meeting(uid))
		o := must(w.Answer(w.Context(), uid, w.yes(list[0].Letter.Email)))(w)
		check(w, "Answer", invite.VerdictApplied, o.Verdict)
		if err := w.Dismiss(w.Context(), list[0].ID); err != nil || len(held()) != 0 {
			w.Errorf("Dismiss = %v", err)
		}
		// A bounce in words that is not sure waits for a person, who believes it.
		bounce := "Return-Path: <>\nFrom: postmaster@example.test\n\nIt was not delivered to the user.\n\nMessage-ID: " + w.meeting(uid).Deliveries[0].MessageID + "\n"
		r = w.receive([]byte(bounce))
		if list = held(); !r.Outcome.Held || len(list) != 1 || list[0].Letter != nil {
			w.Fatalf("Receive = %+v, Held = %+v", r, list)
		}
		r = must(w.ApplyHeld(w.Context(), list[0].ID))(w)
		if r.Outcome.Verdict != invite.VerdictUndeliverable || len(held()) != 0 {
			w.Errorf("ApplyHeld = %+v", r)
		}
	})
}
