package invite

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/body"
)

// after returns the meeting as a plan makes it, before anything is sent.
func (m *Meeting) after(p *plan, o *settings) *Meeting {
	out := m.withEvent(p.intent)
	out.forget()
	if p.previous != nil {
		out.Before = append(out.Before, *p.previous)
	}
	out.HideGuests, out.OneMail = o.hideGuests, o.oneMail
	out.Tag = or(o.tag, out.Tag)
	out.Answers = append(out.Answers, p.said...)
	out.Joined = append(out.Joined, p.joined...)
	out.revise(p.revised)
	for i := range out.Proposals {
		if p.declined != "" && out.Proposals[i].ID == p.declined {
			out.Proposals[i].Declined = true
		}
	}
	return out
}

// enter adds the letters to the deliveries, as pending, and marks the queued
// mails that they replace. What a letter says beside its notices is kept there
// alone.
func (m *Meeting) enter(list []letter, p *plan, o *settings) error {
	m.overtake(list, p, o.Now().UTC())
	m.Deliveries = slices.Grow(m.Deliveries, len(list))
	stamp, number := o.stamp(), m.nextNumber()
	ids := identifier{random: o.Random}
	for _, l := range list {
		n := &l[0]
		id, err := ids.next(n.event.Organizer.Email)
		if err != nil {
			return err
		}
		d := Delivery{
			Method: n.method, Sequence: n.sequence, RecurrenceID: n.event.RecurrenceID, Action: n.does(),
			Comment: o.comment, Stamp: stamp, MessageID: id, State: DeliveryPending,
		}
		for i := range l {
			l[i].entry, d.To, d.N = len(m.Deliveries), l[i].attendee.Email, number
			m.Deliveries = append(m.Deliveries, d)
			number++
		}
	}
	return nil
}

// stamp is the DTSTAMP and Date of a call's mails.
func (s *settings) stamp() time.Time { return s.Now().UTC().Truncate(time.Second) }

// does is the action of a notice's text.
func (n *notice) does() body.Action {
	switch {
	case n.action != "":
		return n.action
	case n.method == ical.MethodCancel:
		return body.ActionCancellation
	case n.before != nil:
		return body.ActionUpdate
	}
	return body.ActionInvitation
}

// identifier makes Message-IDs. Their right side is the organizer's domain (RFC
// 5322, section 3.6.4), their left side cannot be guessed.
type identifier struct {
	random    io.Reader
	organizer string // whose domain follows
	domain    string
	raw       [15]byte
	buf       []byte
}

func (x *identifier) next(organizer string) (string, error) {
	if x.organizer != organizer || x.domain == "" {
		x.organizer, x.domain = organizer, "invalid"
		if ascii, err := address.ASCII(organizer); err == nil {
			x.domain = ascii[strings.LastIndexByte(ascii, '@')+1:]
		}
	}
	if _, err := io.ReadFull(x.random, x.raw[:]); err != nil {
		return "", fmt.Errorf("invite: Options.Random: %w", err)
	}
	x.buf = base32Lower.AppendEncode(append(x.buf[:0], '<'), x.raw[:])
	x.buf = append(append(append(x.buf, '@'), x.domain...), '>')
	return string(x.buf), nil
}

// base32Lower survives programs that change the case of addresses.
var base32Lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// overtake marks the pending mails that new ones replace: all mails to the
// attendees in replaces, which the plan was made anew for, and those that say less
// than a new mail to the same attendee. A mail to several stays unless all of its
// recipients are told anew. A reminder to an attendee who gets nothing new stays. An
// answer to a proposal is replaced by nothing, unless its attendee or its occurrence
// is gone, which leaves nothing to say.
func (m *Meeting) overtake(list []letter, p *plan, now time.Time) {
	if !slices.ContainsFunc(m.Deliveries, func(d Delivery) bool { return d.State == DeliveryPending }) {
		return
	}
	told, news := make(map[overtaker]bool), make(map[string]bool)
	for _, l := range list {
		for i := range l {
			if l[i].method != ical.MethodDeclineCounter {
				news[l[i].key()] = true
				told[overtaker{l[i].key(), l[i].event.RecurrenceID.Unix()}] = true
			}
		}
	}
	queued := make(map[string][]int) // by Message-ID
	left := make(map[string]bool)
	for i := range m.Deliveries {
		d := &m.Deliveries[i]
		declines := d.Method == ical.MethodDeclineCounter
		if d.State != DeliveryPending || declines && p.stillInvites(d) {
			continue
		}
		queued[d.MessageID] = append(queued[d.MessageID], i)
		key := address.Key(d.To)
		switch {
		case declines:
		case told[overtaker{key, wholeMeeting}], told[overtaker{key, d.RecurrenceID.Unix()}]:
		case !p.replaces[key], !m.OneMail && !news[key] && d.repeats() && p.stillInvites(d):
			left[d.MessageID] = true
		}
	}
	for id, entries := range queued {
		for _, i := range entries {
			if !left[id] {
				d := &m.Deliveries[i]
				d.State, d.Reply, d.Time = DeliveryOvertaken, "", now
			}
		}
	}
}

// repeats reports whether a mail tells of no change.
func (d *Delivery) repeats() bool {
	return d.Method == ical.MethodRequest && (d.Action == body.ActionReminder || d.Action == body.ActionInvitation)
}

// stillInvites reports whether the recipient of a queued mail is still invited to its
// subject.
func (p *plan) stillInvites(d *Delivery) bool {
	return !p.intent.Cancelled && p.seen(&p.event, d.To, d.RecurrenceID) != nil
}

// overtaker is the subject of a mail that says all of what an earlier mail to the
// same attendee would say: the whole meeting, or the same occurrence.
type overtaker struct {
	to         string
	occurrence int64
}

// markOvertaken marks the pending mails of format 1 that a later one has
// overtaken.
func (m *Meeting) markOvertaken() {
	for _, i := range m.outdated() {
		if d := &m.Deliveries[i]; d.State == DeliveryPending {
			d.State = DeliveryOvertaken
		}
	}
}

// outdated returns the deliveries that a later mail to the same attendee has
// overtaken, whatever became of it.
func (m *Meeting) outdated() (out []int) {
	later := make(map[overtaker]bool)
	for i := len(m.Deliveries) - 1; i >= 0; i-- {
		d := &m.Deliveries[i]
		to := address.Key(d.To)
		if later[overtaker{to, wholeMeeting}] || later[overtaker{to, d.RecurrenceID.Unix()}] {
			out = append(out, i)
		}
		if d.Method != ical.MethodDeclineCounter {
			later[overtaker{to, d.RecurrenceID.Unix()}] = true
		}
	}
	return out
}

// WholeMeeting returns a [Ledger] that calls store with the whole meeting whenever
// something changes. It suits programs that do nothing else with the meeting
// during a call: what another part of the program stores meanwhile is overwritten.
// A call with n mails stores n + 2 times, so a meeting with many guests wants a
// Ledger that stores single deliveries.
func WholeMeeting(store func(ctx context.Context, m *Meeting) error) Ledger {
	return &wholeMeetings{store: store, held: make(map[string]*heldMeeting)}
}

// wholeMeetings holds the meetings of the calls under way.
type wholeMeetings struct {
	store func(ctx context.Context, m *Meeting) error
	mu    sync.Mutex
	held  map[string]*heldMeeting
}

// heldMeeting is one meeting, as it was stored last.
type heldMeeting struct {
	mu sync.Mutex
	m  *Meeting
}

var _ Ledger = (*wholeMeetings)(nil)

func (w *wholeMeetings) Begin(ctx context.Context, ms ...*Meeting) error {
	for _, m := range ms {
		w.hold(m)
		if err := w.store(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// hold begins a call about a meeting.
func (w *wholeMeetings) hold(m *Meeting) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held[m.Event.UID] = &heldMeeting{m: m.clone()}
}

// release ends the call.
func (w *wholeMeetings) release(uid string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.held, uid)
}

// find returns the meeting of a call under way, or nil.
func (w *wholeMeetings) find(uid string) *heldMeeting {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.held[uid]
}

func (w *wholeMeetings) Record(ctx context.Context, uid string, changed []Delivery) (lost []int, err error) {
	h := w.find(uid)
	if h == nil {
		return nil, fmt.Errorf("invite: WholeMeeting: no call about the meeting %.80s is under way", uid)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	next := *h.m
	next.Deliveries = slices.Clone(h.m.Deliveries)
	lost = next.claim(changed)
	next.forget()
	if err := w.store(ctx, &next); err != nil {
		return nil, err
	}
	h.m = &next
	return lost, nil
}

// claim merges changes as a [Ledger] does: claims of mails that are not pending
// are lost, whole mails at a time.
func (m *Meeting) claim(changed []Delivery) (lost []int) {
	state := make(map[int]DeliveryState, len(m.Deliveries))
	for i := range m.Deliveries {
		state[m.Deliveries[i].N] = m.Deliveries[i].State
	}
	broken := make(map[string]bool) // by Message-ID
	for _, d := range changed {
		if d.State == DeliverySending && state[d.N] != DeliveryPending {
			broken[d.MessageID] = true
		}
	}
	var held []Delivery
	for _, d := range changed {
		if d.State == DeliverySending && broken[d.MessageID] {
			lost = append(lost, d.N)
			continue
		}
		held = append(held, d)
	}
	m.Merge(held)
	return lost
}
