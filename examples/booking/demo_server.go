package main

import (
	"io"
	"log/slog"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/mime"
)

// mostMails is the number of mails that the mail server keeps.
const mostMails = 1000

// mailServer is an SMTP server on loopback. It keeps the last mails in memory, which are
// the mailboxes of the simulated attendees.
type mailServer struct {
	*smtp.Server
	listener net.Listener

	mu    sync.Mutex
	mails []arrived
	count int
}

// arrived is a mail that came in.
type arrived struct {
	N    int // counts from 1
	Time time.Time
	*mime.Message
}

// startServer starts a server on a free port.
func startServer() (*mailServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &mailServer{listener: listener}
	s.Server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{server: s}, nil
	}))
	s.Domain = "localhost"
	s.MaxMessageBytes = 10 << 20
	s.ReadTimeout = time.Minute
	s.WriteTimeout = time.Minute
	go s.Serve(listener)
	return s, nil
}

// Close ends the server, also if it has not begun to listen yet.
func (s *mailServer) Close() {
	_ = s.Server.Close()
	_ = s.listener.Close()
}

// URL returns the address of the server for smtpsend.Open.
func (s *mailServer) URL() string {
	return "smtp://" + s.listener.Addr().String() + "?tls=insecure-none"
}

// all returns the mails, the last one first.
func (s *mailServer) all() []arrived {
	s.mu.Lock()
	defer s.mu.Unlock()
	mails := slices.Clone(s.mails)
	slices.Reverse(mails)
	return mails
}

// mail returns the mail with that number.
func (s *mailServer) mail(n int) (arrived, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.mails, func(m arrived) bool { return m.N == n })
	if i < 0 {
		return arrived{}, false
	}
	return s.mails[i], true
}

// keep adds a mail. The oldest ones are dropped.
func (s *mailServer) keep(m *mime.Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.mails = append(s.mails, arrived{N: s.count, Time: time.Now(), Message: m})
	if len(s.mails) > mostMails {
		s.mails = slices.Delete(s.mails, 0, len(s.mails)-mostMails)
	}
	slog.Info("mail sent", "to", m.To)
}

// session takes the mails of one connection.
type session struct {
	server *mailServer
	from   string
	to     []string
}

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err == nil {
		s.server.keep(&mime.Message{From: s.from, To: slices.Clone(s.to), Data: data})
	}
	return err
}

func (s *session) Reset() { s.from, s.to = "", nil }

func (*session) Logout() error { return nil }
