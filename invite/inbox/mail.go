package inbox

import (
	"context"

	"github.com/convene-go/convene/mime"
)

// Mail is one mail of a [Source].
type Mail struct {
	// ID identifies the mail. A source gives the same mail the same ID whenever it
	// comes again, also after a crash. Different mails have different IDs.
	ID string
	// Data is the whole mail with its header, as the source has it. The source does
	// not use it any more.
	Data []byte
	// Recipient is the envelope's recipient if the source knows the envelope, and ""
	// otherwise. It belongs into the Recipient of invite.ReadOptions.
	Recipient string
	// Verified are the results of a service's own checks of SPF, DKIM and DMARC. Nil
	// means that the source checks nothing, and an empty list means that the service
	// found nothing. It belongs into the Verified of invite.ReadOptions.
	Verified []mime.AuthResult
}

// Source is a place to which mails come. One goroutine uses it at a time.
type Source interface {
	// Next waits for the next mail. A source repeats by itself whatever may succeed
	// later. So an error means that ctx has ended, or that the source cannot work
	// at all.
	Next(ctx context.Context) (*Mail, error)
	// Done says that a mail of Next is taken in, if err is nil, or that it could not
	// be taken in. In the second case the mail comes again later, or is set aside
	// for a person. A mail without Done comes again when the source is opened anew.
	//
	// If the source cannot note that now, it logs the cause and notes it later. So
	// an error means that the source cannot work any more.
	Done(ctx context.Context, m *Mail, err error) error
}

// Run gives each mail of s to receive, one after another, until ctx ends or s fails. If
// ctx has ended, it returns nil, and otherwise the error of s. An error of receive does
// not end Run: it goes to s, which brings the mail again later, and the other mails
// meanwhile.
//
// Each mail is given at least once. If the program is killed, a mail comes again that
// receive has taken in already, so receive must recognize [Mail.ID], or do no harm if
// it gets a mail twice. If ctx ends while receive works, Run waits for it.
func Run(ctx context.Context, s Source, receive func(ctx context.Context, m *Mail) error) error {
	for {
		m, err := s.Next(ctx)
		switch {
		case err != nil && ctx.Err() != nil:
			return nil
		case err != nil:
			return err
		}
		err = receive(ctx, m)
		// The result counts also if ctx has ended meanwhile.
		if err := s.Done(context.WithoutCancel(ctx), m, err); err != nil {
			return err
		}
	}
}
