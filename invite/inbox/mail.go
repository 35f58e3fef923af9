package inbox

import (
	"context"

	"github.com/convene-go/convene/mime"
)

// Mail is one mail of a [Source].
type Mail struct {
	// ID identifies the mail. A source gives the same mail the same ID whenever it
	// comes again, also after a crash. Different mails have different IDs. So the
	// Message-ID of a mail is no ID, because its author chooses it.
	ID string
	// Data is the whole mail with its header, as the source has it. The source does
	// not use it any more.
	Data []byte
	// Recipient is the envelope's recipient if the source knows the envelope, and ""
	// otherwise. It is never taken from the header. It belongs into the Recipient of invite.ReadOptions.
	Recipient string
	// Verified are the results of a service's own checks of SPF, DKIM and DMARC. Nil
	// means that the source checks nothing, and an empty list means that the service
	// found nothing. It belongs into the Verified of invite.ReadOptions.
	Verified []mime.AuthResult
}

// Source is a place to which mails come. One goroutine uses it at a time. Package
// inboxtest checks whether a source of your own keeps these rules:
//
//   - Each mail is given at least once, in the order of arrival if the place knows it.
//     [Mail.Data] is the mail byte for byte.
//   - A mail that cannot be taken in does not hold up the others. It comes again after a
//     pause. After many failures, the source sets it aside: it keeps the mail for a
//     person, and does not give it again. A mail that is too large is set aside at once.
//   - If several sources may read one place, each mail goes to at least one of them. A
//     source keeps no mails from the others, except mails in hand. If it is killed, those
//     come again too.
//   - A source that holds a connection or a file has a method Close() error, which may be
//     called twice. A mail in hand then comes again from a new source.
type Source interface {
	// Next waits for the next mail, also if no mail is there yet. It may be called
	// while mails are in hand, and then gives others. A mail is in hand from Next to
	// Done.
	//
	// If ctx ends, or has ended, Next returns no mail, and an error that wraps
	// ctx.Err(). It can be called again. A source repeats by itself whatever may
	// succeed later, for example if a server is away. So another error means that
	// the source cannot work at all.
	Next(ctx context.Context) (*Mail, error)
	// Done says that a mail in hand is taken in, if err is nil, or that it could not
	// be taken in. A mail that is taken in does not come again, also if the source is
	// opened anew. Otherwise the mail comes again later, or is set aside. An err that
	// wraps [context.Canceled] says that the program ends, and is no failure of the
	// mail. A mail without Done comes again when the source is opened anew.
	//
	// Done counts also if the context of Next has ended. A second Done of a mail
	// changes nothing, and may return an error.
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
