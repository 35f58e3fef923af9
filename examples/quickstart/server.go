package main

import (
	"bytes"
	"io"
	"net"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// mailServer is an SMTP server on loopback that keeps every mail in memory.
type mailServer struct {
	*smtp.Server
	listener net.Listener

	mu    sync.Mutex
	mails [][]byte
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
	s.ReadTimeout = 10 * time.Second
	s.WriteTimeout = 10 * time.Second
	go s.Serve(listener)
	return s, nil
}

// Addr returns the host and port that the server listens on.
func (s *mailServer) Addr() string { return s.listener.Addr().String() }

// Mails returns the mails that came in so far.
func (s *mailServer) Mails() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mails
}

// session accepts every mail of one connection.
type session struct{ server *mailServer }

func (*session) Mail(string, *smtp.MailOptions) error { return nil }
func (*session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (*session) Reset()                               {}
func (*session) Logout() error                        { return nil }

func (s *session) Data(r io.Reader) error {
	var mail bytes.Buffer
	if _, err := mail.ReadFrom(io.LimitReader(r, 1<<20)); err != nil {
		return err
	}
	s.server.mu.Lock()
	defer s.server.mu.Unlock()
	s.server.mails = append(s.server.mails, mail.Bytes())
	return nil
}
