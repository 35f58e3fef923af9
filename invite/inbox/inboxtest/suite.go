package inboxtest

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestSource checks that the sources of a place keep the rules of [inbox.Source]. If a
// rule is broken, the test prints the rule and how to keep it.
//
// newPlace is called for each rule. It returns an empty place. If the place lacks what a
// rule needs, the rule is skipped.
//
// A source that is too slow for the suite may break a rule without being found. A source
// that keeps the rules passes on a slow machine too, if each mail comes within a minute.
//
// Run it with the race detector.
func TestSource(t *testing.T, newPlace func(t *testing.T) *Place) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			err := r.check(t.Context(), newPlace(t))
			switch {
			case errors.Is(err, errNotApplicable), errors.Is(err, errUnclear):
				t.Skip(err)
			case err != nil:
				t.Errorf("%v\nThe rule: %s\nTo keep it: %s", err, r.text, r.advice)
			}
		})
	}
}

var (
	// errNotApplicable is the result of a rule that cannot be checked, because the
	// place lacks an ability that the rule needs.
	errNotApplicable = errors.New("not checked: the Place does not have the field that this rule needs")
	// errUnclear is the result of a rule that cannot be checked, because the source
	// breaks another rule.
	errUnclear = errors.New("not checked: a mail did not come again, see the rules Again and Unfinished")
)

const (
	// patience is the time in which a mail must come.
	patience = time.Minute
	// late is the time in which Next must have returned since its context ended, and
	// hangs the time after which the suite gives it up.
	late, hangs = 10 * time.Second, time.Minute
	// moment is the time in which the suite waits for mails that must not come.
	moment = 200 * time.Millisecond
)

// rule is a rule that a source must keep, with its check.
type rule struct {
	name   string
	text   string // the rule
	advice string // how an author keeps it
	check  func(ctx context.Context, p *Place) error
}

// rules are the rules for an [inbox.Source].
var rules = []rule{
	{
		"InHand",
		"Next may be called while mails are in hand, and gives other mails. A mail is in hand from Next to Done.",
		"remember the mails that Next has returned, and pass over them until Done is called.",
		checkInHand,
	}, {
		"Order",
		"Next gives the mails in the order of their arrival.",
		"sort by the time of arrival, or by a number that grows. Compare numbers as numbers: 10 comes after 9. " +
			"If the place does not know the order, set Place.Unordered.",
		checkOrder,
	}, {
		"Bytes",
		"Data is the whole mail byte for byte, however its lines look.",
		"read and store octets, not text. Undo what the way adds, such as a dot in front of a dot (SMTP, POP) or > in front of From (mbox).",
		checkBytes,
	}, {
		"Forgets",
		"Data belongs to the program, which may change it. If the mail comes again, Data is as it was.",
		"return a slice that the source does not use any more, or a copy.",
		checkForgets,
	}, {
		"ID",
		"A mail has the same ID whenever it comes, also from a new source. Different mails have different IDs.",
		"take the number that the place gives to the mail, or a hash of its content. Its Message-ID is no ID, because senders choose it.",
		checkID,
	}, {
		"Envelope",
		"Recipient and Verified are what the place knows about the mail. If it knows nothing, they are empty and nil.",
		"take nothing from the header of the mail, because its author can write there what he likes. invite.Read reads the header.",
		checkEnvelope,
	}, {
		"Waits",
		"If no mail is there, Next waits. A mail that comes meanwhile is returned.",
		"look again at intervals inside of Next, or let the place wake Next up.",
		checkWaits,
	}, {
		"Ends",
		"If ctx ends, Next returns soon, without a mail, and its error wraps ctx.Err(). No mail is lost, and Next can be called again.",
		"begin with ctx.Err(), pass ctx to everything that may block, wrap ctx.Err() with %w, and mark no mail as given before that.",
		checkEnds,
	}, {
		"Taken",
		"After Done with a nil error, a mail does not come again, also from a new source.",
		"mark the mail in the place before Done returns.",
		checkTaken,
	}, {
		"Unfinished",
		"A mail without Done comes again from a new source, because the program may have been killed.",
		"mark the mail as taken in in Done, and not in Next. A claim of a mail must end by itself.",
		checkUnfinished,
	}, {
		"Again",
		"After Done with an error, the mail comes again.",
		"note the time of the next try, and let the pauses grow. Give up a mail after many failures only.",
		checkAgain,
	}, {
		"HeldUp",
		"A mail that could not be taken in does not hold up the others. It comes again after a pause.",
		"put the mail behind the others until its pause is over.",
		checkHeldUp,
	}, {
		"Stopped",
		"An error that wraps context.Canceled is no failure of the mail, because it says that the program ends.",
		"count no failure if errors.Is(err, context.Canceled).",
		checkStopped,
	}, {
		"SetAside",
		"After the last try, a mail is set aside for a person. It does not come again, and it is not removed.",
		"mark the mail in the place, so that a person finds it and a new source passes over it.",
		checkSetAside,
	}, {
		"Large",
		"A mail that is too large is set aside, and the others come.",
		"ask for the size before the content, and do not return an error of Next.",
		checkLarge,
	}, {
		"LateDone",
		"Done counts also if the context of Next has ended.",
		"use the context of Done alone. A database transaction that Next began ends with the context of Next.",
		checkLateDone,
	}, {
		"DoneTwice",
		"The first Done of a mail counts. Another one changes nothing, and neither does Done with a mail of another source.",
		"find the mail among the mails in hand, and remove it there.",
		checkDoneTwice,
	}, {
		"Away",
		"While the place is away, Next waits and Done returns nil. When it is back, the source goes on, and mails that were taken in do not come again.",
		"repeat after a pause, and log the cause. Keep the results that could not be noted, and note them later.",
		checkAway,
	}, {
		"Shared",
		"Several sources that read one place give each mail at least once. A source keeps no mails from the others, except mails in hand.",
		"reserve a mail when Next returns it, and not when it is found. If another source was faster, pass over the mail without an error.",
		checkShared,
	}, {
		"Claims",
		"If several sources read one place, each mail goes to one of them.",
		"claim a mail in one step, as UPDATE … WHERE claimed_until < now() does, or under a lock.",
		checkClaims,
	}, {
		"Close",
		"Close returns nil, and may be called twice. A mail in hand comes again from a new source.",
		"end connections in Close, mark nothing, and do nothing the second time.",
		checkClose,
	},
}
