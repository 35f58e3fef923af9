package imapinbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"sync/atomic"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// finish is the time that a command may still take if ctx ends. So the ordinary end of a
// program leaves no claim behind.
const finish = 5 * time.Second

// conn is a connection that is logged in.
type conn struct {
	*imapclient.Client
	net      net.Conn
	timeouts Timeouts
	modified *watcher      // finds conflicts in the answers of the server
	news     chan struct{} // gets a value when the server tells of new mail
	selected *folder       // the folder that is selected, or nil
	waits    int           // the times that the server was waited for, counted for the tests
}

// connect connects and logs in.
func (o *Options) connect(ctx context.Context, addr string) (*conn, error) {
	dialing, stop := context.WithTimeout(ctx, o.Timeouts.Connect)
	defer stop()
	c := &conn{timeouts: o.Timeouts, modified: &watcher{word: "[MODIFIED "}, news: make(chan struct{}, 1)}
	var err error
	if c.net, err = o.Dial(dialing, "tcp", addr); err != nil {
		return nil, err
	}
	if o.TLS == TLSImplicit {
		secure := tls.Client(c.net, o.TLSConfig)
		if err := secure.HandshakeContext(dialing); err != nil {
			c.net.Close()
			return nil, err
		}
		c.net = secure
	}
	err = c.within(ctx, o.Timeouts.Connect, func() error { return c.greet(dialing, o) })
	if err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// greet begins IMAP and logs in.
func (c *conn) greet(ctx context.Context, o *Options) (err error) {
	options := &imapclient.Options{
		TLSConfig: o.TLSConfig, DebugWriter: c.modified,
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: c.hear},
	}
	if o.TLS == TLSRequired {
		c.Client, err = imapclient.NewStartTLS(c.net, options)
		if refused := (*imap.Error)(nil); errors.As(err, &refused) && refused.Type != imap.StatusResponseTypeBye {
			err = fmt.Errorf("the server refuses STARTTLS: %w", err)
		}
	} else {
		c.Client = imapclient.New(c.net, options)
		err = c.WaitGreeting()
	}
	if err != nil {
		return err
	}
	if c.State() == imap.ConnStateAuthenticated { // PREAUTH
		return nil
	}
	return c.login(ctx, o)
}

// hear notes that there is new mail.
func (c *conn) hear(data *imapclient.UnilateralDataMailbox) {
	if data.NumMessages == nil {
		return
	}
	select {
	case c.news <- struct{}{}:
	default:
	}
}

// within calls f, which waits for the server. If that takes too long, the connection is
// closed, and f returns.
func (c *conn) within(ctx context.Context, d time.Duration, f func() error) error {
	c.waits++
	var late atomic.Bool
	ended, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ended:
			return
		case <-timer.C:
		case <-ctx.Done():
			timer.Reset(min(d, finish))
			select {
			case <-ended:
				return
			case <-timer.C:
			}
		}
		late.Store(true)
		c.net.Close()
	}()
	err := f()
	close(ended)
	<-watched
	if err != nil && late.Load() {
		return fmt.Errorf("the server gave no answer within %v: %w", d, err)
	}
	return err
}

// command is within for a command of a few octets.
func (c *conn) command(ctx context.Context, f func() error) error {
	return c.within(ctx, c.timeouts.Command, f)
}

// close ends the connection without a farewell.
func (c *conn) close() {
	c.net.Close()
	if c.Client != nil {
		_ = c.Client.Close()
	}
}

// logout ends the connection.
func (c *conn) logout(ctx context.Context) {
	_ = c.within(ctx, finish, func() error { return c.Logout().Wait() })
	c.close()
}

// idle waits until the server tells of new mail, at most until the time until.
func (c *conn) idle(ctx context.Context, until time.Time) error {
	if !c.Caps().Has(imap.CapIdle) {
		return c.sleep(ctx, until)
	}
	var idle *imapclient.IdleCommand
	err := c.command(ctx, func() (err error) {
		idle, err = c.Idle()
		return err
	})
	if err != nil {
		return err
	}
	err = c.sleep(ctx, until)
	if errors.Is(err, errClosed) {
		return err
	}
	return errors.Join(err, c.command(ctx, func() error { return errors.Join(idle.Close(), idle.Wait()) }))
}

// errClosed reports that the connection has ended while nothing was asked.
var errClosed = errors.New("the server has closed the connection")

// sleep waits for news, at most until the time until. The error is errClosed, or the
// error of ctx.
func (c *conn) sleep(ctx context.Context, until time.Time) error {
	timer := time.NewTimer(time.Until(until))
	defer timer.Stop()
	select {
	case <-c.news:
	case <-timer.C:
	case <-c.Closed():
		return errClosed
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}

// isRefusal reports whether err is a refusal of the server, after which the connection
// can be used.
//
// QUIRK: Exchange answers BAD to everything if its session has lost the mailbox ("User
// is authenticated but not connected"), so BAD is none.
func isRefusal(err error) bool {
	var e *imap.Error
	return errors.As(err, &e) && e.Type == imap.StatusResponseTypeNo
}

// temporary are the codes of refusals that may pass (RFC 9051, section 7.1).
var temporary = map[imap.ResponseCode]bool{
	imap.ResponseCodeUnavailable: true, imap.ResponseCodeInUse: true, imap.ResponseCodeLimit: true,
	imap.ResponseCodeServerBug: true, imap.ResponseCodeAlert: true,
}

// isFinal reports whether err is likely to come again at each try, as for a wrong
// password or a folder that does not exist.
func isFinal(err error) bool {
	var refused *imap.Error
	if errors.As(err, &refused) {
		return refused.Type != imap.StatusResponseTypeBye && !temporary[refused.Code]
	}
	var untrusted *tls.CertificateVerificationError
	return errors.As(err, &untrusted) || errors.Is(err, errNoMechanism)
}
