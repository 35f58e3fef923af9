package main

import (
	"bytes"
	"io"
	"net"
	"net/mail"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// recorder is an SMTP server on loopback that records the mails that it takes.
type recorder struct {
	url   string
	mu    sync.Mutex
	tries int
	mails map[string]map[string]int // the copies by recipient and Message-ID
}

func startRecorder(t *testing.T) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &recorder{mails: make(map[string]map[string]int), url: "smtp://" + l.Addr().String() + "?tls=insecure-none"}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{recorder: r}, nil }))
	server.Domain = "localhost"
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return r
}

type session struct {
	*recorder
	to []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data takes a mail in. Every seventh try fails, so that some mails stay pending. The
// pauses before and after give kills time to hit.
func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := mail.ReadMessage(bytes.NewReader(data))
	if err != nil {
		return err
	}
	time.Sleep(10 * time.Millisecond)
	defer time.Sleep(10 * time.Millisecond)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tries++; s.tries%7 == 0 {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	}
	for _, to := range s.to {
		if s.mails[to] == nil {
			s.mails[to] = make(map[string]int)
		}
		s.mails[to][m.Header.Get("Message-Id")]++
	}
	return nil
}

// copies returns the number of different mails that a recipient has, and the copies of
// the mail with the most of them.
func (r *recorder) copies(to string) (mails, most int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, n := range r.mails[to] {
		mails, most = mails+1, max(most, n)
	}
	return mails, most
}

// recipients returns the addresses that have a mail.
func (r *recorder) recipients() (out []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for to := range r.mails {
		out = append(out, to)
	}
	return out
}
