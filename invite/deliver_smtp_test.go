package invite_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

// server is an SMTP server that refuses zoe@example.test and takes mails to all other
// addresses.
type server struct {
	mu    sync.Mutex
	mails map[string][]byte // by recipient
}

func startServer(t *testing.T) (s *server, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s = &server{mails: make(map[string][]byte)}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{server: s}, nil }))
	srv.Domain, srv.ErrorLog = "test.example", log.New(io.Discard, "", 0)
	var wg sync.WaitGroup
	wg.Go(func() { srv.Serve(l) })
	t.Cleanup(func() {
		srv.Close()
		l.Close() // Serve may begin after Close, and does not know of it then
		wg.Wait()
	})
	return s, l.Addr().String()
}

type session struct {
	*server
	to []string
}

func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if to == "zoe@example.test" {
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user"}
	}
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, to := range s.to {
		s.mails[to] = data
	}
	return err
}

// TestSendOverSMTP sends through package smtpsend. The server refuses one recipient.
func TestSendOverSMTP(t *testing.T) {
	for _, tt := range []struct {
		name    string
		options []invite.SendOption
	}{{"one mail each", nil}, {"shared", []invite.SendOption{invite.OneMail()}}} {
		t.Run(tt.name, func(t *testing.T) {
			s, addr := startServer(t)
			sender, err := smtpsend.Open("smtp://" + addr + "?tls=insecure-none")
			if err != nil {
				t.Fatal(err)
			}
			defer sender.Close()
			m, err := invite.New(sender, fixed()).Send(context.Background(), review(), tt.options...)
			var de *invite.DeliveryError
			var se *smtpsend.Error
			if !errors.As(err, &de) || len(de.Recipients) != 1 || !errors.As(err, &se) || se.Code != 550 {
				t.Fatalf("Send = %v, want a DeliveryError of one with the server's 550", err)
			}
			want := send(t, review(), tt.options...)
			got := []invite.DeliveryState{m.Deliveries[0].State, m.Deliveries[1].State}
			if diff := cmp.Diff([]invite.DeliveryState{invite.DeliveryDelivered, invite.DeliveryRefused}, got); diff != "" {
				t.Errorf("states (-want +got):\n%s", diff)
			}
			if len(s.mails) != 1 || !bytes.Equal(s.mails["bob@example.test"], want[0].Data) {
				t.Errorf("the server has %d mails, want the one to bob as it was built", len(s.mails))
			}
		})
	}
}
