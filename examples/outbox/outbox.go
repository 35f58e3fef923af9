package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// outbox sends what its store says is to be sent.
type outbox struct {
	store  *store
	sender invite.Sender
	policy *invite.Policy
	out    io.Writer
	step   func(name string) // told of each step, for the tests
}

// book takes a room and invites to it. Nothing is sent yet.
func (b *outbox) book(ctx context.Context, e ical.Event) error {
	m, err := invite.New(nil, nil).Send(ctx, e, invite.Later)
	if err != nil {
		return err
	}
	if err := b.store.book(ctx, m); err != nil {
		return err
	}
	fmt.Fprintln(b.out, m.Event.UID)
	return nil
}

// change moves or cancels a meeting. Nothing is sent yet.
func (b *outbox) change(ctx context.Context, uid string, f func(*invite.Client, *invite.Meeting) (*invite.Meeting, error)) error {
	r, err := b.store.load(ctx, uid)
	if err != nil {
		return err
	}
	if r == nil {
		return fmt.Errorf("there is no meeting %s", uid)
	}
	m, err := f(invite.New(nil, nil), r.meeting)
	if err != nil {
		return err
	}
	return b.store.reschedule(ctx, m, r.version)
}

// deliver sends all pending mails. With resend, those too that may have arrived.
func (b *outbox) deliver(ctx context.Context, resend bool) error {
	rows, err := b.store.list(ctx, `pending > 0 OR (? AND unknown > 0)`, resend)
	if err != nil {
		return err
	}
	client := invite.New(b.sender, nil)
	var failed []error
	for _, r := range rows {
		version := r.version
		// Each step of the ledger is a transaction of its own. None is open while
		// the mail server is spoken to.
		record := func(ctx context.Context, m *invite.Meeting) error {
			err := b.store.save(ctx, m, version)
			version++
			return err
		}
		_, err := client.Resume(ctx, r.meeting, func(o *invite.Options) {
			o.Record = record
			if resend {
				invite.ResendUnknown(o)
			}
		})
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}

// answers takes in the mails of a folder, and moves those that are dealt with to
// its folder "done". A mail is moved after the transaction: if the program ends
// in between, the mail is found again, and is a duplicate.
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

// answer takes one mail in: read, apply and store are one transaction in effect,
// because a store that was changed meanwhile refuses the version.
func (b *outbox) answer(ctx context.Context, data []byte) (invite.Outcome, error) {
	in, err := invite.Read(bytes.NewReader(data), nil)
	if err != nil {
		return invite.Outcome{Verdict: invite.VerdictNotAnAnswer, Reason: err.Error()}, nil
	}
	rows, err := b.candidates(ctx, in)
	if err != nil {
		return invite.Outcome{}, err
	}
	o := invite.Outcome{Verdict: invite.VerdictUnknownEvent, Reason: "is about no meeting of this store"}
	var r row
	var changed *invite.Meeting
	for _, r = range rows {
		after, got := r.meeting.Apply(in, b.policy)
		if got.Verdict == invite.VerdictUnknownEvent {
			continue
		}
		if o = got; after != r.meeting {
			changed = after
		}
		break
	}
	return o, b.store.answer(ctx, fmt.Sprintf("%x", sha256.Sum256(data)), changed, r.version, o)
}

// candidates are the meetings that a mail may be about: that of its UID, else
// all, because Exchange wraps UIDs and reports may return no calendar object.
func (b *outbox) candidates(ctx context.Context, in *invite.Inbound) ([]row, error) {
	if in.Event != nil {
		r, err := b.store.load(ctx, in.Event.UID)
		if err != nil {
			return nil, err
		}
		if r != nil {
			return []row{*r}, nil
		}
	}
	return b.store.list(ctx, `TRUE`)
}

// settled tells whether a mail needs no person to look at it.
func settled(o invite.Outcome) bool {
	switch o.Verdict {
	case invite.VerdictApplied, invite.VerdictDuplicate, invite.VerdictStale, invite.VerdictUndeliverable:
		return true
	}
	return false
}

// show says of each meeting who comes, and which mails are open.
func (b *outbox) show(ctx context.Context) error {
	rows, err := b.store.list(ctx, `TRUE`)
	for _, r := range rows {
		m := r.meeting
		fmt.Fprintf(b.out, "%s %s: %s; %d mails pending, %d unknown\n", m.Event.UID, m.Event.Summary, m.Summary(),
			count(m, invite.DeliveryPending), count(m, invite.DeliveryUnknown))
	}
	return err
}
