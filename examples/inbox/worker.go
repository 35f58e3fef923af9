package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/convene-go/convene/invite"
)

// worker takes the answers in a mailbox into meetings.
type worker struct {
	*config
	accept *invite.Policy
	client *invite.Client // sends the invitations of delegates; nil leaves them pending
	log    *slog.Logger
	step   func(name string) // told of each step, for the tests

	left     map[imap.UID]bool // mail that was looked at and stays; the value is true if its answer is held
	taken    map[imap.UID]bool // mail that was taken in, and has to be moved
	validity uint32            // the UIDVALIDITY for left and taken
}

// watch works until ctx ends. If a connection is lost, it opens another.
func (w *worker) watch(ctx context.Context) error {
	for pause := time.Second; ; pause = min(2*pause, 5*time.Minute) {
		start := time.Now()
		err := w.session(ctx)
		if w.once || ctx.Err() != nil {
			return err
		}
		if time.Since(start) > time.Hour {
			pause = time.Second
		}
		w.log.Warn("connection lost", "error", err, "again in", pause)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// session works over one connection.
func (w *worker) session(ctx context.Context) error {
	w.step("start")
	box, err := open(ctx, w.imap, w.done)
	if err != nil {
		return err
	}
	defer box.leave()
	w.step("selected")
	if w.left == nil || w.validity != box.validity {
		w.left, w.taken, w.validity = make(map[imap.UID]bool), make(map[imap.UID]bool), box.validity
	}
	for {
		if err := w.pass(ctx, box); err != nil || w.once {
			return err
		}
		if err := box.wait(ctx, w.poll); err != nil {
			return err
		}
	}
}

// pass looks at all mail except the mail in left, and then sends the invitations
// that it made necessary. If a mail cannot be dealt with, pass goes on with the next.
func (w *worker) pass(ctx context.Context, box *mailbox) error {
	uids, err := box.list()
	if err != nil {
		return err
	}
	var failed []error
	for _, uid := range uids {
		if _, known := w.left[uid]; known {
			continue
		}
		if err := w.mail(ctx, box, uid); err != nil {
			w.log.Error("mail is left for later", "uid", uid, "error", err)
			failed = append(failed, err)
		}
	}
	return errors.Join(append(failed, w.send(ctx))...)
}

// mail deals with one mail. The meeting is stored before the mail is moved. If the
// program is killed in between, it finds the mail again, and the answer in it is a
// duplicate.
func (w *worker) mail(ctx context.Context, box *mailbox, uid imap.UID) error {
	if !w.taken[uid] {
		data, err := box.fetch(uid)
		if err != nil {
			return err
		}
		w.step("fetched")
		if done, err := w.take(ctx, uid, data); err != nil || !done {
			return err
		}
		w.taken[uid] = true
	}
	if err := box.move(uid, w.done); err != nil {
		return err
	}
	delete(w.taken, uid)
	w.step("moved")
	return nil
}

// take takes a mail into its meeting. It reports false if the mail stays in place for
// a person. The answer and the invitations that it asks for are stored in one step.
func (w *worker) take(ctx context.Context, uid imap.UID, data []byte) (done bool, err error) {
	in, err := invite.Read(bytes.NewReader(data), nil)
	if err != nil { // not a mail that could be an answer
		w.left[uid] = false
		return false, nil
	}
	meetings, err := w.meetings.read()
	if err != nil {
		return false, err
	}
	s, after, o := apply(meetings, in, w.accept)
	w.log.Info("mail", "uid", uid, "kind", in.Kind, "verdict", o.Verdict, "reason", o.Reason)
	if s == nil || !w.isDone(o) {
		w.left[uid] = o.Held
		return false, nil
	}
	after, err = queue(ctx, after, o)
	if err != nil { // such as a REFRESH for a meeting that is cancelled
		w.log.Error("a person has to look: the request cannot be sent", "uid", uid, "error", err)
		w.left[uid] = false
		return false, nil
	}
	if after == s.meeting {
		return true, nil
	}
	if err := s.write(after, w.step); err != nil {
		return false, err
	}
	w.step("stored")
	// A held answer may be right now, if this was the delegation for which it waited.
	maps.DeleteFunc(w.left, func(_ imap.UID, held bool) bool { return held })
	if o.Held { // a part of the mail waits for a person
		w.left[uid] = true
		return false, nil
	}
	return true, nil
}

// apply finds the meeting that a mail is about, and applies the mail to it. It
// returns nil if there is no such meeting.
func apply(meetings []stored, in *invite.Inbound, p *invite.Policy) (*stored, *invite.Meeting, invite.Outcome) {
	last := invite.Outcome{Verdict: invite.VerdictUnknownEvent, Reason: "there are no meetings"}
	for i := range meetings {
		s := &meetings[i]
		after, o := s.meeting.Apply(in, p)
		if o.Verdict != invite.VerdictUnknownEvent {
			return s, after, o
		}
		last = o
	}
	return nil, nil, last
}

// isDone reports whether a mail needs no person any more. Mail that is held,
// unverified or about something else stays for a person.
func (w *worker) isDone(o invite.Outcome) bool {
	switch o.Verdict {
	case invite.VerdictApplied, invite.VerdictDuplicate, invite.VerdictStale, invite.VerdictUndeliverable:
		return true
	}
	return w.client != nil && o.Verdict == invite.VerdictNotAnAnswer && len(o.Invite) > 0 // REFRESH
}
