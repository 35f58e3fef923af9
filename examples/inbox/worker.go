package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/emersion/go-imap/v2"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
)

// worker takes the answers in a mailbox into the meetings of a desk.
type worker struct {
	*config
	desk *desk.Desk
	log  *slog.Logger
	step func(name string) // told of each step, for the tests

	left     map[imap.UID]bool // mail that was looked at and stays
	validity uint32            // the UIDVALIDITY for left
}

// work watches the mailbox until ctx ends. With -smtp, it sends the mails of the desk
// meanwhile.
func (w *worker) work(ctx context.Context) error {
	switch {
	case w.smtp == "":
		return w.watch(ctx)
	case w.once:
		return errors.Join(w.watch(ctx), w.deliver(ctx))
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		defer stop() // nobody should wait for mails that are not sent
		ended <- w.desk.Run(ctx)
	}()
	err := w.watch(ctx)
	stop()
	return errors.Join(err, <-ended)
}

// deliver sends the mails that are due, once. Nobody else works with the database, so
// a mail in the state sending is a leftover of a crash.
func (w *worker) deliver(ctx context.Context) error {
	now := time.Now()
	if w.now != nil {
		now = w.now()
	}
	if _, err := w.desk.Leftovers(ctx, now); err != nil {
		return err
	}
	for job, err := range w.desk.Waiting(ctx, time.Time{}) {
		if err != nil {
			return err
		}
		if err := w.desk.Work(ctx, job); err != nil {
			return err
		}
	}
	return nil
}

// watch looks at the mailbox until ctx ends. If a connection is lost, it opens another.
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
		w.left, w.validity = make(map[imap.UID]bool), box.validity
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

// pass looks at all mail except the mail in left. If a mail cannot be dealt with, pass
// goes on with the next.
func (w *worker) pass(ctx context.Context, box *mailbox) error {
	uids, err := box.list()
	if err != nil {
		return err
	}
	var failed []error
	for _, uid := range uids {
		if w.left[uid] {
			continue
		}
		if err := w.mail(ctx, box, uid); err != nil {
			w.log.Error("mail is left for later", "uid", uid, "error", err)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// mail deals with one mail. The desk takes it in before it is moved. If the program is
// killed in between, it finds the mail again, and it is a duplicate for the desk.
func (w *worker) mail(ctx context.Context, box *mailbox, uid imap.UID) error {
	data, err := box.fetch(uid)
	if err != nil {
		return err
	}
	w.step("fetched")
	stored, err := w.take(ctx, &inbox.Mail{ID: fmt.Sprintf("%d.%d", box.validity, uid), Data: data})
	if err != nil {
		return err
	}
	w.step("taken in")
	if !stored {
		w.left[uid] = true
		return nil
	}
	if err := box.move(uid, w.done); err != nil {
		return err
	}
	w.step("moved")
	return nil
}

// take gives a mail to the desk. It reports whether the desk needs the mail no more,
// because it has stored the mail or its effect.
func (w *worker) take(ctx context.Context, m *inbox.Mail) (stored bool, err error) {
	r, err := w.desk.Receive(ctx, m)
	if err != nil {
		return false, err
	}
	o := r.Outcome
	w.log.Info("mail", "id", m.ID, "meeting", r.UID, "verdict", o.Verdict, "reason", o.Reason)
	for _, e := range r.Events {
		if e.Kind == desk.EventHeld {
			w.tellHeld(e.HeldID, e.UID, e.Reason)
		}
	}
	if isStored(o) && !o.Held {
		return true, nil
	}
	if !o.Held && len(o.Invite) == 0 {
		return false, nil
	}
	// The mail is held, or asks for a request (REFRESH). The desk may have no room for
	// it, or no request to send. If the desk has stored it, it knows it now.
	r, err = w.desk.Receive(ctx, m)
	return err == nil && r.Outcome.Verdict == invite.VerdictDuplicate, err
}

// isStored reports whether the meeting holds all that a mail says.
func isStored(o invite.Outcome) bool {
	switch o.Verdict {
	case invite.VerdictApplied, invite.VerdictDuplicate, invite.VerdictStale, invite.VerdictUndeliverable:
		return true
	}
	return false
}
