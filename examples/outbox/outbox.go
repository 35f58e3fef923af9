package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// outbox books rooms, sends mails and takes answers in, all through one store.
type outbox struct {
	store  *store
	sender invite.Sender
	policy *invite.Policy
	wait   time.Duration // for another process that sends
	out    io.Writer
	step   func(name string) // told of each step, for the tests
}

// book books a room and queues the invitations. Nothing is sent yet.
func (b *outbox) book(ctx context.Context, e ical.Event) error {
	m, err := invite.New(nil, nil).Send(ctx, e, invite.QueueOnly())
	if err != nil {
		return err
	}
	if err := b.store.save(ctx, m, 0); err != nil {
		return err
	}
	fmt.Fprintln(b.out, m.Event.UID)
	return nil
}

// change moves or cancels a meeting and queues the mails. Nothing is sent yet.
func (b *outbox) change(ctx context.Context, uid string, f func(*invite.Client, *invite.Meeting) (*invite.Meeting, error)) error {
	return again(func() error {
		r, err := b.store.load(ctx, uid)
		if err != nil {
			return err
		}
		if r == nil {
			return fmt.Errorf("meeting %s does not exist", uid)
		}
		m, err := f(invite.New(nil, nil), r.meeting)
		if err != nil {
			return err
		}
		return b.store.save(ctx, m, r.version)
	})
}

// again repeats a step if it read a meeting that was changed before the step could
// store it, by an answer that came in or by a mail that went out.
func again(step func() error) error {
	for range 20 {
		if err := step(); !errors.Is(err, errChanged) {
			return err
		}
	}
	return errChanged
}

// deliver sends all pending mails. If resend is set, it also sends the mails that
// may have arrived. Other processes may change meetings and take answers in
// meanwhile. If another process delivers, this one waits for its turn and then sends
// the mails that are left.
func (b *outbox) deliver(ctx context.Context, resend bool) (err error) {
	unlock, err := b.store.lockSending(ctx, b.wait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := b.store.leftovers(ctx); err != nil {
		return err
	}
	rows, err := b.store.list(ctx, `uid IN (SELECT uid FROM delivery WHERE state = 'pending' OR (? AND state = 'unknown'))`, resend)
	if err != nil {
		return err
	}
	var opts []invite.ResumeOption
	if resend {
		opts = append(opts, invite.ResendUnknown())
	}
	// Each record of the ledger is a transaction of its own. No transaction is
	// open while the program speaks to the mail server.
	client := invite.New(b.sender, &invite.Options{Ledger: &ledger{store: b.store}})
	var failed []error
	for _, r := range rows {
		_, err := client.Resume(ctx, r.meeting, opts...)
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// answers takes in the mails of a folder, and moves settled mails to its folder
// "done". A mail is moved after the transaction. If the program ends in between,
// the mail is found again, and is a duplicate.
func (b *outbox) answers(ctx context.Context, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.eml"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "done"), 0o700); err != nil {
		return err
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		o, err := b.answer(ctx, data)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		fmt.Fprintf(b.out, "%s: %s: %s\n", filepath.Base(file), o.Verdict, o.Reason)
		if !settled(o) {
			continue
		}
		if err := os.Rename(file, filepath.Join(dir, "done", filepath.Base(file))); err != nil {
			return err
		}
		b.step("after the move")
	}
	return nil
}

// answer takes one mail in. Reading, applying and storing act as one transaction,
// because a meeting that was changed meanwhile is read again.
func (b *outbox) answer(ctx context.Context, data []byte) (o invite.Outcome, err error) {
	in, err := invite.Read(bytes.NewReader(data), nil)
	if err != nil {
		return invite.Outcome{Verdict: invite.VerdictNotAnAnswer, Reason: err.Error()}, nil
	}
	err = again(func() error {
		rows, err := b.candidates(ctx, in)
		if err != nil {
			return err
		}
		var r row
		var after *invite.Meeting
		r, after, o = apply(rows, in, b.policy)
		return b.store.answer(ctx, fmt.Sprintf("%x", sha256.Sum256(data)), r, after, o)
	})
	return o, err
}

// apply finds the meeting that a mail is about, and takes the mail in.
func apply(rows []row, in *invite.Inbound, p *invite.Policy) (row, *invite.Meeting, invite.Outcome) {
	for _, r := range rows {
		if after, o := r.meeting.Apply(in, p); o.Verdict != invite.VerdictUnknownEvent {
			return r, after, o
		}
	}
	return row{}, nil, invite.Outcome{Verdict: invite.VerdictUnknownEvent, Reason: "is about no meeting of this store"}
}

// candidates returns the meetings that a mail may be about. These are the meetings
// that its keys name. If the keys name none, all meetings are candidates, because
// some programs keep neither UID nor Message-ID.
func (b *outbox) candidates(ctx context.Context, in *invite.Inbound) ([]row, error) {
	keys, err := json.Marshal(in.Keys())
	if err != nil {
		return nil, err
	}
	rows, err := b.store.list(ctx, `uid IN (SELECT value FROM json_each(?1, '$.UIDs'))
		OR uid IN (SELECT uid FROM delivery WHERE message_id IN (SELECT value FROM json_each(?1, '$.MessageIDs')))`, string(keys))
	if err != nil || len(rows) > 0 {
		return rows, err
	}
	return b.store.list(ctx, `TRUE`)
}

// settled reports whether no person has to look at a mail.
func settled(o invite.Outcome) bool {
	switch o.Verdict {
	case invite.VerdictApplied, invite.VerdictDuplicate, invite.VerdictStale, invite.VerdictUndeliverable:
		return true
	}
	return false
}

// show prints the tally of each meeting: its answers, and its mails that have not
// arrived yet.
func (b *outbox) show(ctx context.Context) error {
	rows, err := b.store.list(ctx, `TRUE`)
	for _, r := range rows {
		e := &r.meeting.Event
		fmt.Fprintf(b.out, "%s %s: %s\n", e.UID, e.Summary, r.meeting.Tally())
	}
	return err
}
