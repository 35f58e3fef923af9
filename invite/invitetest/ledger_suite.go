package invitetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// LedgerReader is a ledger under test that can tell what it stores. Without it
// the rules about what is stored beside the states cannot be checked.
type LedgerReader interface {
	invite.Ledger
	// Meeting returns the stored meeting with that UID.
	Meeting(ctx context.Context, uid string) (*invite.Meeting, error)
}

// TestLedger checks that a ledger keeps the rules that package invite relies on.
// newLedger is called for each rule, and may return a ledger that has meetings
// already, because the UIDs and Message-IDs of the suite are random. Rules that need
// a [LedgerReader] are skipped for others.
//
// [invite.WholeMeeting] is for programs that do one thing at a time, and does not
// keep the rules TakenBack, Overtaken, Together, Kept and Resume.
//
// Run it with the race detector.
func TestLedger(t *testing.T, newLedger func(t *testing.T) invite.Ledger) {
	t.Helper()
	for _, r := range ledgerRules {
		t.Run(r.name, func(t *testing.T) {
			err := r.check(t.Context(), newLedger(t))
			switch {
			case errors.Is(err, errNoReader):
				t.Skip(err)
			case err != nil:
				t.Errorf("%v\nThe rule: %s", err, r.text)
			}
		})
	}
}

// errNoReader is the result of a rule that needs a [LedgerReader].
var errNoReader = errors.New("the ledger is no LedgerReader")

// ledgerRule is something that a ledger must keep.
type ledgerRule struct {
	name  string
	text  string
	check func(ctx context.Context, l invite.Ledger) error
}

// ledgerRules are those of a ledger.
var ledgerRules = []ledgerRule{
	{"Begin", "Begin stores all meetings of a call, and each of their mails can be claimed once.", checkBegin},
	{"Stored", "What Begin and Record are given is stored as it is, and a refused claim changes nothing.", checkStored},
	{"Stranger", "Record of a meeting that was never stored is an error.", checkStranger},
	{"Values", "What Begin and Record are given is neither changed nor kept: the caller goes on changing it.", checkValues},
	{"Claim", "A claim (DeliverySending) holds only if the stored mail is pending.", checkClaim},
	{"Claimants", "If several calls claim a mail at once, exactly one of them gets it.", checkClaimants},
	{"Whole", "Deliveries with one Message-ID are one mail: they are claimed whole or not at all.", checkWhole},
	{"Lost", "lost has the number of each refused claim, and no other number.", checkLost},
	{"TakenBack", "DeliveryPending takes back a mail that is unknown, or sending by this call, and no other.", checkTakenBack},
	{"Overtaken", "Begin returns an error if a mail that it marks as overtaken is not pending any more; an overtaken mail cannot be claimed.", checkOvertaken},
	{"Together", "Begin stores all meetings of a call or, if it returns an error, none of them and nothing of them.", checkTogether},
	{"Kept", "Begin of a later call leaves the stored mails as they are, except those that it marks as overtaken: the meeting may say less of them than the ledger knows.", checkKept},
	{"Apart", "Calls about different meetings do not touch each other, though the numbers of their mails are the same.", checkApart},
	{"Resume", "Two programs that resume a meeting at once hand over each mail once.", checkResume},
}

// queued returns a meeting whose mails are pending.
func queued(n int, opts ...invite.SendOption) (*invite.Meeting, error) {
	start := time.Now().UTC().Truncate(time.Hour).AddDate(0, 0, 30)
	e := ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
	}
	for i := range n {
		e.Attendees = append(e.Attendees, ical.Attendee{Email: fmt.Sprintf("p%d@example.com", i)})
	}
	m, err := invite.New(nil, nil).Send(context.Background(), e, append(opts, invite.QueueOnly())...)
	if err != nil {
		return nil, fmt.Errorf("invitetest: %w", err)
	}
	return m, nil
}

// begun is a meeting that a ledger was given by Begin. Its mails are numbered from 0.
type begun struct {
	*invite.Meeting
	ledger invite.Ledger
	ctx    context.Context
}

// begin queues a meeting and gives it to the ledger.
func begin(ctx context.Context, l invite.Ledger, n int, opts ...invite.SendOption) (*begun, error) {
	m, err := queued(n, opts...)
	if err != nil {
		return nil, err
	}
	if err := l.Begin(ctx, m); err != nil {
		return nil, fmt.Errorf("calling Begin with a new meeting returned %w", err)
	}
	return &begun{m, l, ctx}, nil
}

// rows are deliveries of the meeting in another state.
func (b *begun) rows(state invite.DeliveryState, numbers ...int) []invite.Delivery {
	var out []invite.Delivery
	for _, n := range numbers {
		d := b.Deliveries[n]
		d.State, d.Time = state, time.Now().UTC().Truncate(time.Second)
		out = append(out, d)
	}
	return out
}

// set records a state that holds for each of some mails.
func (b *begun) set(state invite.DeliveryState, numbers ...int) error {
	return b.try(nil, b.rows(state, numbers...)...)
}

// refuses claims mails, and expects that none of them can be claimed.
func (b *begun) refuses(numbers ...int) error {
	return b.try(numbers, b.rows(invite.DeliverySending, numbers...)...)
}

// try records changes, and compares the numbers that are lost.
func (b *begun) try(want []int, changed ...invite.Delivery) error {
	lost, err := b.ledger.Record(b.ctx, b.Event.UID, changed)
	if err != nil {
		return fmt.Errorf("calling Record with %s returned %w", shown(changed), err)
	}
	slices.Sort(lost)
	if !slices.Equal(lost, want) {
		return fmt.Errorf("calling Record with %s returned lost = %v, want %v", shown(changed), lost, want)
	}
	return nil
}

// shown are changes for an error text.
func shown(changed []invite.Delivery) string {
	out := ""
	for i, d := range changed {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%d %s", d.N, d.State)
	}
	return "[" + out + "]"
}

// steps are what a rule does in order, up to the first error.
func steps(list ...func() error) error {
	for _, f := range list {
		if err := f(); err != nil {
			return err
		}
	}
	return nil
}

func checkBegin(ctx context.Context, l invite.Ledger) error {
	a, err := queued(3)
	if err != nil {
		return err
	}
	b, err := queued(2)
	if err != nil {
		return err
	}
	if err := l.Begin(ctx, a, b); err != nil {
		return fmt.Errorf("calling Begin with two new meetings returned %w", err)
	}
	x, y := &begun{a, l, ctx}, &begun{b, l, ctx}
	return steps(
		func() error { return x.set(invite.DeliverySending, 0, 1, 2) },
		func() error { return y.set(invite.DeliverySending, 0, 1) },
		func() error { return x.refuses(0, 1, 2) },
		func() error { return y.refuses(0, 1) },
	)
}

func checkStored(ctx context.Context, l invite.Ledger) error {
	reader, ok := l.(LedgerReader)
	if !ok {
		return errNoReader
	}
	b, err := begin(ctx, l, 4, invite.Tag("tenant"), invite.Comment("Welcome"))
	if err != nil {
		return err
	}
	want := *b.Meeting
	want.Deliveries = slices.Clone(want.Deliveries)
	same := func(when string) error {
		got, err := reader.Meeting(ctx, b.Event.UID)
		if err != nil {
			return fmt.Errorf("calling Meeting %s returned %w", when, err)
		}
		if err := sameJSON(&want, got); err != nil {
			return fmt.Errorf("%s the stored meeting differs from what was given: %w", when, err)
		}
		return nil
	}
	if err := same("after Begin"); err != nil {
		return err
	}
	changed := b.rows(invite.DeliverySending, 0, 2)
	want.Merge(changed)
	if err := steps(func() error { return b.try(nil, changed...) }, func() error { return same("after a claim") }); err != nil {
		return err
	}
	changed = b.rows(invite.DeliveryRefused, 0)
	changed[0].Reply = "550 5.1.1 nobody: ünknown"
	want.Merge(changed)
	claim := b.rows(invite.DeliverySending, 2) // which has it already
	claim[0].Reply, claim[0].Time = "again", claim[0].Time.Add(time.Hour)
	return steps(func() error { return b.try([]int{2}, append(changed, claim...)...) },
		func() error { return same("after a result and a refused claim") })
}

// sameJSON returns an error with the first line in which two meetings differ.
func sameJSON(want, got *invite.Meeting) error {
	var lines [2][]string
	for i, m := range []*invite.Meeting{want, got} {
		data, err := json.MarshalIndent(m, "", " ")
		if err != nil {
			return err
		}
		lines[i] = strings.Split(string(data), "\n")
	}
	for i := range max(len(lines[0]), len(lines[1])) {
		w, g := line(lines[0], i), line(lines[1], i)
		if w != g {
			return fmt.Errorf("line %d of the JSON is %q, want %q", i+1, g, w)
		}
	}
	return nil
}

func line(list []string, i int) string {
	if i >= len(list) {
		return ""
	}
	return list[i]
}

func checkStranger(ctx context.Context, l invite.Ledger) error {
	m, err := queued(1)
	if err != nil {
		return err
	}
	b := &begun{m, l, ctx}
	if lost, err := l.Record(ctx, m.Event.UID, b.rows(invite.DeliverySending, 0)); err == nil {
		return fmt.Errorf("calling Record with a claim of a meeting that is not stored returned %v, nil, want an error", lost)
	}
	return nil
}

func checkValues(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	given := slices.Clone(b.Deliveries)
	for i := range b.Deliveries {
		b.Deliveries[i].State, b.Deliveries[i].MessageID = invite.DeliveryDelivered, "<other@example.com>"
	}
	b.Event.Attendees[0].Email = "other@example.com"
	b.Meeting = &invite.Meeting{Event: ical.Event{UID: b.Event.UID}, Deliveries: given}
	changed := b.rows(invite.DeliverySending, 0, 1)
	before := slices.Clone(changed)
	if err := b.try(nil, changed...); err != nil {
		return fmt.Errorf("after the caller changed the meeting that Begin was given: %w", err)
	}
	if !slices.Equal(before, changed) {
		return fmt.Errorf("Record changed the list %s that it was given to %s", shown(before), shown(changed))
	}
	for i := range changed {
		changed[i].State = invite.DeliveryPending
	}
	if err := b.refuses(0, 1); err != nil {
		return fmt.Errorf("after the caller changed the list that Record was given: %w", err)
	}
	return nil
}

// closed are the states of mails that cannot be claimed, and the states that lead
// there.
var closed = [][]invite.DeliveryState{
	{invite.DeliverySending},
	{invite.DeliverySending, invite.DeliveryDelivered},
	{invite.DeliverySending, invite.DeliveryRefused},
	{invite.DeliverySending, invite.DeliveryUnknown},
}

func checkClaim(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, len(closed)+1)
	if err != nil {
		return err
	}
	for n, way := range closed {
		for _, state := range way {
			if err := b.set(state, n); err != nil {
				return err
			}
		}
		if err := b.refuses(n); err != nil {
			return fmt.Errorf("mail %d is %s: %w", n, way[len(way)-1], err)
		}
		if err := b.refuses(n); err != nil {
			return fmt.Errorf("mail %d, which could not be claimed before: %w", n, err)
		}
	}
	if err := b.set(invite.DeliverySending, len(closed)); err != nil {
		return fmt.Errorf("mail %d is pending: %w", len(closed), err)
	}
	return nil
}

func checkClaimants(ctx context.Context, l invite.Ledger) error {
	const mails, claimants = 40, 8
	b, err := begin(ctx, l, mails)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	holders := make([]int, mails)
	errs := make([]error, claimants)
	var wg sync.WaitGroup
	for c := range claimants {
		wg.Go(func() {
			for first := 0; first < mails; first += 1 + c%3 { // one, two or three at once
				var claim []int
				for n := first; n < min(first+1+c%3, mails); n++ {
					claim = append(claim, n)
				}
				lost, err := l.Record(ctx, b.Event.UID, b.rows(invite.DeliverySending, claim...))
				if err != nil {
					errs[c] = fmt.Errorf("calling Record from one of %d goroutines returned %w", claimants, err)
					return
				}
				mu.Lock()
				for _, n := range claim {
					if !slices.Contains(lost, n) {
						holders[n]++
					}
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for n, count := range holders {
		if count != 1 {
			return fmt.Errorf("%d goroutines claimed mail %d at once, and %d of them have it, want 1", claimants, n, count)
		}
	}
	return nil
}

func checkWhole(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 3, invite.OneMail())
	if err != nil {
		return err
	}
	c, err := begin(ctx, l, 3, invite.OneMail())
	if err != nil {
		return err
	}
	err = steps(
		func() error { return b.set(invite.DeliverySending, 1) },
		func() error { return b.refuses(0, 1, 2) },
		func() error { return b.set(invite.DeliverySending, 0, 2) }, // still pending
		func() error { return b.refuses(0, 1, 2) },
	)
	if err != nil {
		return fmt.Errorf("of one mail to three recipients: %w", err)
	}
	const claimants = 8
	lost := make([][]int, claimants)
	errs := make([]error, claimants)
	var wg sync.WaitGroup
	for i := range claimants {
		wg.Go(func() {
			lost[i], errs[i] = l.Record(ctx, c.Event.UID, c.rows(invite.DeliverySending, 0, 1, 2))
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	won := 0
	for _, list := range lost {
		switch len(list) {
		case 0:
			won++
		case 3:
		default:
			return fmt.Errorf("a claim of one mail to three recipients returned lost = %v, want all or none", list)
		}
	}
	if won != 1 {
		return fmt.Errorf("%d of %d claims of one mail to three recipients hold, want 1", won, claimants)
	}
	return nil
}

func checkLost(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 6)
	if err != nil {
		return err
	}
	return steps(
		func() error { return b.set(invite.DeliverySending, 0, 1, 4) },
		func() error {
			return b.try([]int{4}, slices.Concat(
				b.rows(invite.DeliveryDelivered, 0), b.rows(invite.DeliverySending, 4, 2), b.rows(invite.DeliveryUnknown, 1),
				b.rows(invite.DeliverySending, 3))...)
		},
		func() error { return b.refuses(2, 3) }, // the claims beside the refused one hold
		func() error { return b.refuses(0, 1) }, // and the results are stored
		func() error { return b.try(nil, b.rows(invite.DeliveryDelivered, 4)...) },
		func() error { return b.try([]int{4}, b.rows(invite.DeliverySending, 4, 5)...) },
		func() error { return b.refuses(5) },
	)
}

func checkTakenBack(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 5)
	if err != nil {
		return err
	}
	err = steps(
		func() error { return b.set(invite.DeliverySending, 0, 1, 2, 3) },
		func() error { return b.set(invite.DeliveryUnknown, 1) },
		func() error { return b.set(invite.DeliveryDelivered, 2) },
		func() error { return b.set(invite.DeliveryRefused, 3) },
	)
	if err != nil {
		return err
	}
	// What the ledger knows better it keeps, and it is no claim, so that it is not lost.
	if err := b.set(invite.DeliveryPending, 0, 1, 2, 3, 4); err != nil {
		return err
	}
	for n, was := range []invite.DeliveryState{invite.DeliverySending, invite.DeliveryUnknown} {
		if err := b.set(invite.DeliverySending, n); err != nil {
			return fmt.Errorf("mail %d was %s and was taken back: %w", n, was, err)
		}
	}
	for n, is := range []invite.DeliveryState{2: invite.DeliveryDelivered, 3: invite.DeliveryRefused} {
		if is == "" {
			continue
		}
		if err := b.refuses(n); err != nil {
			return fmt.Errorf("mail %d is %s, which cannot be taken back: %w", n, is, err)
		}
	}
	return b.set(invite.DeliverySending, 4)
}

// later returns the meeting as a later call makes it, of the meeting as it was
// queued: with a new mail to the recipients of the mails that it overtakes.
func (b *begun) later(overtaken ...int) *begun {
	m := *b.Meeting
	m.Deliveries = slices.Clone(b.Deliveries)
	m.Event.Sequence++
	for _, n := range overtaken {
		d := m.Deliveries[n]
		m.Deliveries[n].State = invite.DeliveryOvertaken
		d.N, d.Sequence, d.MessageID = len(m.Deliveries), m.Event.Sequence, fmt.Sprintf("<later%d.%s", n, d.MessageID[1:])
		m.Deliveries = append(m.Deliveries, d)
	}
	return &begun{&m, b.ledger, b.ctx}
}

func checkOvertaken(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	next := b.later(1)
	if err := l.Begin(ctx, next.Meeting); err != nil {
		return fmt.Errorf("calling Begin, which overtakes a pending mail, returned %w", err)
	}
	err = steps(func() error { return next.refuses(1) }, func() error { return next.set(invite.DeliverySending, 3) })
	if err != nil {
		return fmt.Errorf("mail 1 is overtaken by mail 3: %w", err)
	}
	for n, way := range closed {
		b, err := begin(ctx, l, 2)
		if err != nil {
			return err
		}
		for _, state := range way {
			if err := b.set(state, 0); err != nil {
				return err
			}
		}
		if err := l.Begin(ctx, b.later(0).Meeting); err == nil {
			return fmt.Errorf("calling Begin, which overtakes mail 0, returned nil, though mail 0 is %s; want an error", way[len(way)-1])
		}
		if n > 0 {
			continue
		}
		// Whoever has the mail goes on.
		err = steps(func() error { return b.set(invite.DeliveryDelivered, 0) }, func() error { return b.set(invite.DeliverySending, 1) })
		if err != nil {
			return fmt.Errorf("after Begin was refused: %w", err)
		}
	}
	return nil
}

func checkTogether(ctx context.Context, l invite.Ledger) error {
	for _, first := range []bool{true, false} {
		b, err := begin(ctx, l, 2)
		if err != nil {
			return err
		}
		fresh, err := queued(1)
		if err != nil {
			return err
		}
		if err := b.set(invite.DeliverySending, 0); err != nil {
			return err
		}
		next := b.later(1, 0) // of which 1 is pending
		ms := []*invite.Meeting{fresh, next.Meeting}
		if !first {
			slices.Reverse(ms)
		}
		if err := l.Begin(ctx, ms...); err == nil {
			return errors.New("calling Begin with a new meeting and with one that overtakes a mail which is being sent returned nil, want an error")
		}
		x := &begun{fresh, l, ctx}
		if lost, err := l.Record(ctx, fresh.Event.UID, x.rows(invite.DeliverySending, 0)); err == nil && len(lost) == 0 {
			return errors.New("a mail of the new meeting can be claimed after Begin returned an error")
		}
		if lost, err := l.Record(ctx, next.Event.UID, next.rows(invite.DeliverySending, 2)); err == nil && len(lost) == 0 {
			return errors.New("a new mail of the meeting that was refused can be claimed after Begin returned an error")
		}
		if err := b.set(invite.DeliverySending, 1); err != nil {
			return fmt.Errorf("mail 1 would have been overtaken by the Begin that was refused, and is pending: %w", err)
		}
	}
	return nil
}

func checkKept(ctx context.Context, l invite.Ledger) error {
	b, err := begin(ctx, l, 5)
	if err != nil {
		return err
	}
	next := b.later(3) // says that mails 0, 1, 2 and 4 are pending
	err = steps(
		func() error { return b.set(invite.DeliverySending, 0, 1, 2) },
		func() error { return b.set(invite.DeliveryDelivered, 0) },
		func() error { return b.set(invite.DeliveryUnknown, 2) },
	)
	if err != nil {
		return err
	}
	if err := l.Begin(ctx, next.Meeting); err != nil {
		return fmt.Errorf("calling Begin, which overtakes mail 3 and says nothing new of the mails that are being sent, returned %w", err)
	}
	for n, is := range []invite.DeliveryState{invite.DeliveryDelivered, invite.DeliverySending, invite.DeliveryUnknown, invite.DeliveryOvertaken} {
		if err := next.refuses(n); err != nil {
			return fmt.Errorf("mail %d was %s when the later Begin came: %w", n, is, err)
		}
	}
	return steps(
		func() error { return next.set(invite.DeliveryDelivered, 1) },
		func() error { return next.set(invite.DeliverySending, 4, 5) },
	)
}

func checkApart(ctx context.Context, l invite.Ledger) error {
	a, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	b, err := begin(ctx, l, 3)
	if err != nil {
		return err
	}
	err = steps(
		func() error { return a.set(invite.DeliverySending, 0, 1) },
		func() error { return a.set(invite.DeliveryDelivered, 0) },
		func() error { return b.set(invite.DeliverySending, 0, 1, 2) },
		func() error { return b.set(invite.DeliveryPending, 0, 1, 2) },
		func() error { return a.refuses(0, 1) },
		func() error { return a.set(invite.DeliverySending, 2) },
	)
	if err != nil {
		return err
	}
	var wg sync.WaitGroup
	errs := make([]error, 6)
	for i := range errs {
		wg.Go(func() {
			x, err := begin(ctx, l, 5)
			for n := 0; err == nil && n < 5; n++ {
				if err = x.set(invite.DeliverySending, n); err == nil {
					err = x.set(invite.DeliveryDelivered, n)
				}
			}
			errs[i] = err
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("of %d meetings at once: %w", len(errs), err)
	}
	return nil
}

func checkResume(ctx context.Context, l invite.Ledger) error {
	const mails, programs = 12, 2
	b, err := begin(ctx, l, mails)
	if err != nil {
		return err
	}
	var mu sync.Mutex
	sent := make(map[string]int)
	sender := invite.SenderFunc(func(_ context.Context, m *invite.Message) error {
		mu.Lock()
		defer mu.Unlock()
		sent[m.ID]++
		return nil
	})
	errs := make([]error, programs)
	var wg sync.WaitGroup
	for i := range programs {
		wg.Go(func() {
			c := invite.New(sender, &invite.Options{Ledger: l, Parallel: 1 + 2*i})
			_, errs[i] = c.Resume(ctx, b.Meeting)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("calling Resume returned %w", err)
	}
	for _, d := range b.Deliveries {
		if n := sent[d.MessageID]; n != 1 {
			return fmt.Errorf("%d programs resumed a meeting, and mail %d was handed over %d times, want 1", programs, d.N, n)
		}
	}
	return nil
}
