package smtpsend

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"strings"
	"sync"

	"github.com/convene-go/convene/internal/serverurl"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/folder"
	"github.com/convene-go/convene/smtpsend/sendmail"
)

// local is the backend for a folder or a program on this host, which need no
// connections.
type local struct {
	to interface {
		Send(ctx context.Context, m *mime.Message) error
	}
	url string

	mu     sync.RWMutex // held by each call of send, and by Close
	closed bool
}

// send sends a message that was checked.
func (l *local) send(ctx context.Context, m *mime.Message) (receipt mime.Receipt, attempts int, err error) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if l.closed {
		return receipt, 0, ErrClosed
	}
	return receipt, 1, l.to.Send(ctx, m)
}

// Close waits for the calls of send that are under way.
func (l *local) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return nil
}

// String returns the URL that was opened.
func (l *local) String() string { return l.url }

// openFolder returns a sender for a URL like file:///folder.
func openFolder(u *url.URL) (*Sender, error) {
	if !filepath.IsAbs(u.Path) {
		return nil, errors.New("the URL of a folder has three slashes, as in file:///folder")
	}
	o := new(folder.Options)
	err := serverurl.EachParameter(u, func(key, value string) error {
		return setFormat(o, key, value)
	})
	if err != nil {
		return nil, err
	}
	to, err := folder.New(filepath.Clean(u.Path), o)
	if err != nil {
		return nil, err
	}
	return &Sender{backend: &local{to: to, url: "file://" + u.EscapedPath()}}, nil
}

// setFormat sets the option for one parameter of a folder's URL.
func setFormat(o *folder.Options, key, value string) error {
	switch {
	case key != "format":
		return serverurl.UnknownParameter(key, "format is known")
	case value != "eml" && value != "maildir":
		return serverurl.UnknownValue(key, value, "eml and maildir are known")
	}
	o.Maildir = value == "maildir"
	return nil
}

// openSendmail returns a sender for a URL like sendmail:///usr/sbin/sendmail.
func openSendmail(u *url.URL) (*Sender, error) {
	err := serverurl.EachParameter(u, func(key, _ string) error {
		return serverurl.UnknownParameter(key, "none is known")
	})
	if err != nil {
		return nil, err
	}
	path := strings.TrimSuffix(u.Path, "/")
	to, err := sendmail.New(path, nil)
	if err != nil {
		return nil, err
	}
	if path == "" {
		path = sendmail.DefaultPath
	}
	return &Sender{backend: &local{to: to, url: "sendmail://" + path}}, nil
}
