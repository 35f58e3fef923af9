package inboxtest

import (
	"time"

	"github.com/convene-go/convene/invite/inbox"
)

// Place is a place for mails, such as a Maildir, with the sources that read it. The
// functions run in the goroutine of the test, so they may call Fatal. Only Open and
// Deliver are required. A rule that needs another field is skipped if it is zero.
type Place struct {
	// Open returns a new source that reads the place, as a program does that starts.
	// The source should look for mail every few milliseconds. If it has a method
	// Close, the suite calls that.
	Open func(p Pauses) inbox.Source
	// Deliver puts a mail into the place. Its Data may get further header fields in
	// front. Recipient and Verified are for places that keep them. ID is empty.
	Deliver func(m *inbox.Mail)
	// Aside returns the content of the mails that are set aside for a person.
	Aside func() [][]byte
	// Away makes the place fail, as a server or disk that is away. back brings it
	// back, with all its mails.
	Away func() (back func())
	// Tries is the number of failures after which the sources set a mail aside.
	Tries int
	// MaxSize is the size in octets of the largest mail that the sources give. It
	// must be at least 100,000. Larger mails are set aside.
	MaxSize int
	// Unordered says that the place does not know the order of arrival.
	Unordered bool
	// Envelope says that the sources know the recipient of each mail, and Verifies
	// that they know the results of a service's checks.
	Envelope, Verifies bool
	// Shared says that several sources may read the place at the same time. Claims
	// says that each mail then goes to one of them only.
	Shared, Claims bool
}

// Pauses are times that a source under test should take: a few milliseconds, or an hour.
// If a source cannot choose a time, it takes its own, which should be a few seconds at
// most.
type Pauses struct {
	// Retry is the pause before another try of a mail that could not be taken in.
	Retry time.Duration
	// Lease is the time after which a mail goes to another source, if the source that
	// has it does not finish it.
	Lease time.Duration
}

var (
	// The lease is shorter than a moment, so that a claim does not hide a mail that was
	// not marked.
	short = Pauses{Retry: 10 * time.Millisecond, Lease: 50 * time.Millisecond}
	long  = Pauses{Retry: time.Hour, Lease: time.Hour}
	// Several readers may leave a mail to each other. It must come after the lease, and
	// within patience.
	crowded = Pauses{Retry: time.Hour, Lease: 10 * time.Second}
)
