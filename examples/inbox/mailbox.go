package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// mailbox is a connection with INBOX selected.
type mailbox struct {
	*imapclient.Client
	validity uint32        // UIDVALIDITY: UIDs keep their meaning as long as it is the same
	news     chan struct{} // gets a value when the server tells of new mail
	release  func() bool   // ends the effect of the context on the connection
}

// open connects, logs in and makes the folder for mail that is dealt with. Like
// package smtpsend it refuses to log in without TLS, unless the URL asks for that.
func open(ctx context.Context, raw, done string) (*mailbox, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("-imap: not a URL") // the cause would show the password
	}
	conf, err := tlsConfig(u)
	if err != nil {
		return nil, err
	}
	box := &mailbox{news: make(chan struct{}, 1)}
	options := &imapclient.Options{TLSConfig: conf, UnilateralDataHandler: &imapclient.UnilateralDataHandler{
		Mailbox: func(*imapclient.UnilateralDataMailbox) { box.tell() },
	}}
	conn, err := (&net.Dialer{Timeout: 30 * time.Second}).DialContext(ctx, "tcp", hostPort(u))
	if err != nil {
		return nil, err
	}
	box.release = context.AfterFunc(ctx, func() { conn.Close() })
	if box.Client, err = secure(u, conn, options); err != nil {
		conn.Close()
		return nil, err
	}
	if err := box.enter(u, done); err != nil {
		box.leave()
		return nil, err
	}
	return box, nil
}

// secure starts IMAP with the encryption that the URL asks for.
func secure(u *url.URL, conn net.Conn, o *imapclient.Options) (*imapclient.Client, error) {
	switch {
	case u.Scheme == "imaps":
		return imapclient.New(tls.Client(conn, o.TLSConfig), o), nil
	case u.Scheme == "imap" && u.Query().Get("tls") == "insecure-none":
		return imapclient.New(conn, o), nil
	case u.Scheme == "imap":
		return imapclient.NewStartTLS(conn, o)
	}
	return nil, fmt.Errorf("-imap: unknown scheme %q", u.Scheme)
}

func tlsConfig(u *url.URL) (*tls.Config, error) {
	c := &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	file := u.Query().Get("ca")
	if file == "" {
		return c, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(data) {
		return nil, fmt.Errorf("%s: holds no certificate", file)
	}
	return c, nil
}

func hostPort(u *url.URL) string {
	if u.Port() != "" {
		return u.Host
	}
	if u.Scheme == "imaps" {
		return net.JoinHostPort(u.Hostname(), "993")
	}
	return net.JoinHostPort(u.Hostname(), "143")
}

// enter logs in, makes the folder done and selects INBOX.
func (b *mailbox) enter(u *url.URL, done string) error {
	password, _ := u.User.Password()
	if err := b.Login(u.User.Username(), password).Wait(); err != nil {
		return fmt.Errorf("login: %w", err)
	}
	if err := b.Create(done, nil).Wait(); err != nil && !isCode(err, imap.ResponseCodeAlreadyExists) {
		return fmt.Errorf("create %s: %w", done, err)
	}
	data, err := b.Select("INBOX", nil).Wait()
	if err != nil {
		return fmt.Errorf("select: %w", err)
	}
	b.validity = data.UIDValidity
	return nil
}

func isCode(err error, code imap.ResponseCode) bool {
	var e *imap.Error
	return errors.As(err, &e) && e.Code == code
}

// leave ends the connection.
func (b *mailbox) leave() {
	b.release()
	b.Close()
}

// tell notes that there is new mail.
func (b *mailbox) tell() {
	select {
	case b.news <- struct{}{}:
	default:
	}
}

// list returns the UIDs of all mail that is not marked as deleted.
func (b *mailbox) list() ([]imap.UID, error) {
	data, err := b.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagDeleted}}, nil).Wait()
	if err != nil {
		return nil, fmt.Errorf("search: %w", err)
	}
	return data.AllUIDs(), nil
}

// mostBytes is the size of the largest mail that may be an answer.
const mostBytes = 4 << 20

// fetch returns a mail without marking it as read. It returns nil if the mail is
// gone, or too large to be an answer.
func (b *mailbox) fetch(uid imap.UID) ([]byte, error) {
	set := imap.UIDSetNum(uid)
	sizes, err := b.Fetch(set, &imap.FetchOptions{RFC822Size: true}).Collect()
	if err != nil || len(sizes) == 0 || sizes[0].RFC822Size > mostBytes {
		return nil, err
	}
	section := &imap.FetchItemBodySection{Peek: true}
	mails, err := b.Fetch(set, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil || len(mails) == 0 {
		return nil, err
	}
	return mails[0].FindBodySection(section), nil
}

// move puts a mail into another folder. Without the MOVE extension (RFC 6851)
// each step waits for the step before it, because a mail whose copy failed must
// not be deleted.
func (b *mailbox) move(uid imap.UID, to string) error {
	set := imap.UIDSetNum(uid)
	if b.Caps().Has(imap.CapMove) {
		_, err := b.Move(set, to).Wait()
		return err
	}
	if _, err := b.Copy(set, to).Wait(); err != nil {
		return err
	}
	deleted := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := b.Store(set, deleted, nil).Close(); err != nil {
		return err
	}
	if !b.Caps().Has(imap.CapUIDPlus) {
		return nil // EXPUNGE would also remove mail that others marked as deleted
	}
	return b.UIDExpunge(set).Close()
}

// wait returns when there may be new mail. If the server has IDLE (RFC 2177), the
// server tells of new mail. Otherwise wait returns after the time poll.
func (b *mailbox) wait(ctx context.Context, poll time.Duration) error {
	if !b.Caps().Has(imap.CapIdle) {
		return b.sleep(ctx, poll)
	}
	idle, err := b.Idle()
	if err != nil {
		return err
	}
	// A server may lose a notice, and a connection may go dead, so look now and then.
	err = b.sleep(ctx, max(poll, 10*time.Minute))
	return errors.Join(err, idle.Close(), idle.Wait())
}

// sleep waits for news, at most for the time d.
func (b *mailbox) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-b.news:
	case <-timer.C:
	case <-b.Closed():
		return errors.New("the server closed the connection")
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
