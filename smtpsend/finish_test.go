package smtpsend_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// TestFinish ends the context a second after the message was sent whole, while the
// server takes its time for each reply.
func TestFinish(t *testing.T) {
	const second = time.Second
	unknown := []string{"bob final unknown=true", "carl final unknown=true", "dora final unknown=true"}
	tests := []struct {
		name   string
		s      *scripted
		way    string // how the context ends
		finish time.Duration
		to     int
		want   []string // the errors; "whole" stands for no address
		took   time.Duration
	}{
		{"reply in time", &scripted{think: 2 * second}, "cancel", 0, 3, nil, 2 * second},
		{"reply in time, deadline", &scripted{think: 2 * second}, "deadline", 0, 3, nil, 2 * second},
		{"last moment", &scripted{think: 5900 * time.Millisecond}, "cancel", 0, 1, nil, 5900 * time.Millisecond},
		{"too late", &scripted{think: 7 * second}, "cancel", 0, 1, []string{"whole final unknown=true"}, 6 * second},
		{"silent", &scripted{answers: map[string]string{".": faultStall}}, "cancel", 0, 2, []string{"whole final unknown=true"}, 6 * second},
		{"longer", &scripted{think: 50 * second}, "cancel", time.Minute, 1, nil, 50 * second},
		{"none", &scripted{think: 2 * second}, "cancel", -1, 1, []string{"whole final unknown=true"}, second},
		{"refused in time", &scripted{think: 2 * second, answers: map[string]string{".": "554 5.6.0 no"}}, "cancel", 0, 2,
			[]string{"whole final unknown=false"}, 2 * second},
		{"gone", &scripted{think: 2 * second, answers: map[string]string{".": faultDrop}}, "cancel", 0, 1,
			[]string{"whole final unknown=true"}, 2 * second},
		{"LMTP", &scripted{lmtp: true, think: 2 * second}, "cancel", 0, 3, nil, 6*second - 1},
		{"LMTP, the last too late", &scripted{lmtp: true, think: 2500 * time.Millisecond}, "cancel", 0, 3, unknown[2:], 6 * second},
		{"LMTP, one refused", &scripted{lmtp: true, think: second, answers: map[string]string{". carl@example.com": "552 5.2.2 full"}}, "cancel", 0, 3,
			[]string{"carl final unknown=false"}, 3 * second},
		{"LMTP, silent", &scripted{lmtp: true, answers: map[string]string{".": faultStall}}, "cancel", 0, 3, []string{"whole final unknown=true"}, 6 * second},
		{"LMTP, silent after one", &scripted{lmtp: true, answers: map[string]string{". carl@example.com": faultStall}}, "cancel", 0, 3, unknown[1:], 6 * second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := tt.s
				if tt.name == "LMTP" {
					s.think -= time.Nanosecond // the third reply comes just in time
					tt.took -= 2
				}
				sender := s.sender(t, smtpsend.Options{Finish: tt.finish})
				ctx, cancel := contextThat(tt.way)
				defer cancel()
				start := time.Now()
				err := sender.Send(ctx, letter([]string{"bob@example.com", "carl@example.com", "dora@example.com"}[:tt.to]...))
				took := time.Since(start)
				if diff := cmp.Diff(tt.want, fates(err)); diff != "" {
					t.Errorf("Send = %v: -want +got\n%s", err, diff)
				}
				if took != tt.took {
					t.Errorf("Send returned after %v, want %v", took, tt.took)
				}
				if isUnknown(err) && ctx.Err() != nil && !errors.Is(err, ctx.Err()) {
					t.Errorf("Send = %v, want it to lead to %v", err, ctx.Err())
				}
				sender.Close()
				s.wg.Wait()
			})
		})
	}
}

// fates returns a word about each error in err.
func fates(err error) []string {
	var failed *smtpsend.SendError
	if !errors.As(err, &failed) {
		return nil
	}
	var list []string
	for _, e := range failed.Errors {
		name, _, _ := strings.Cut(e.Address, "@")
		if name == "" {
			name = "whole"
		}
		text := name + " " + string(e.Phase) + " unknown=false"
		if e.Unknown {
			text = name + " " + string(e.Phase) + " unknown=true"
		}
		list = append(list, text)
	}
	return list
}

// isUnknown reports whether err says that the message may have been delivered.
func isUnknown(err error) bool {
	var e *smtpsend.Error
	return errors.As(err, &e) && e.Unknown
}

// TestFinishThenNext checks that the connection serves another message after the
// grace for an ended context, and that the next message has no grace of the first.
func TestFinishThenNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{think: 2 * time.Second}
		sender := s.sender(t, smtpsend.Options{})
		ctx, cancel := contextThat("cancel")
		defer cancel()
		if err := sender.Send(ctx, letter("bob@example.com")); err != nil {
			t.Fatal(err)
		}
		if err := sender.Send(ctx, letter("bob@example.com")); !errors.Is(err, context.Canceled) || isUnknown(err) {
			t.Errorf("Send with an ended context = %v, want context.Canceled, not unknown", err)
		}
		time.Sleep(3 * time.Second)
		if err := sender.Send(context.Background(), letter("bob@example.com")); err != nil {
			t.Error(err)
		}
		s.once("RCPT", faultStall)
		ctx, cancel = contextThat("cancel")
		defer cancel()
		start := time.Now()
		err := sender.Send(ctx, letter("bob@example.com"))
		if took := time.Since(start); took != time.Second || !errors.Is(err, context.Canceled) || isUnknown(err) {
			t.Errorf("Send = %v after %v, want context.Canceled after 1s, not unknown", err, took)
		}
		sender.Close()
		s.wg.Wait()
		if s.dials != 1 || len(s.delivered) != 2 {
			t.Errorf("%d dials, %d delivered, want 1 and 2", s.dials, len(s.delivered))
		}
	})
}

// TestFinishTimeout lets the time for the reply end before the grace.
func TestFinishTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &scripted{answers: map[string]string{".": faultStall}}
		sender := s.sender(t, smtpsend.Options{Finish: time.Hour, Timeouts: smtpsend.Timeouts{Final: time.Minute}})
		ctx, cancel := contextThat("cancel")
		defer cancel()
		start := time.Now()
		err := sender.Send(ctx, letter("bob@example.com"))
		if took := time.Since(start); took != time.Minute || !isUnknown(err) {
			t.Errorf("Send = %v after %v, want unknown after 1m", err, took)
		}
		sender.Close()
		s.wg.Wait()
	})
}

// slowServer is an SMTP server on a port that takes one message. It reports when it
// has read the message up to a mark or to its end, and waits before it goes on.
type slowServer struct {
	addr  string
	read  chan string // "mark" or "end"
	goOn  chan struct{}
	taken chan string // the message, if it was ended by a dot
}

// newSlowServer starts a slowServer.
func newSlowServer(t *testing.T) *slowServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &slowServer{l.Addr().String(), make(chan string, 2), make(chan struct{}), make(chan string, 1)}
	t.Cleanup(func() { l.Close() })
	go func() {
		defer close(s.taken)
		nc, err := l.Accept()
		if err != nil {
			return
		}
		defer nc.Close()
		s.serve(nc)
	}()
	return s
}

func (s *slowServer) serve(nc net.Conn) {
	br := bufio.NewReader(nc)
	io.WriteString(nc, "220 hi\r\n")
	for _, reply := range []string{"250 hi", "250 ok", "250 ok", "354 go"} { // EHLO, MAIL, RCPT, DATA
		if _, err := br.ReadString('\n'); err != nil {
			return
		}
		io.WriteString(nc, reply+"\r\n")
	}
	var message strings.Builder
	for {
		line, err := br.ReadString('\n')
		if err != nil {
			return
		}
		if line == ".\r\n" {
			break
		}
		message.WriteString(line)
		if line == "mark\r\n" {
			s.read <- "mark"
			<-s.goOn
		}
	}
	s.taken <- message.String()
	s.read <- "end"
	<-s.goOn
	io.WriteString(nc, "250 taken\r\n")
	br.ReadString('\n') // QUIT, or the end
}

// TestFinishOverTCP ends the context while a real server has the whole message, and
// while it has half of it.
func TestFinishOverTCP(t *testing.T) {
	t.Run("whole", func(t *testing.T) {
		s := newSlowServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		err := sendTo(t, ctx, s.addr, letter("bob@example.com"), func() {
			if at := <-s.read; at != "end" {
				t.Errorf("server read up to %q, want the end", at)
			}
			cancel()
			time.Sleep(200 * time.Millisecond)
			close(s.goOn)
		})
		if err != nil {
			t.Errorf("Send = %v, want nil", err)
		}
		if got := <-s.taken; !strings.HasSuffix(got, "end\r\n") {
			t.Errorf("server took %q, want the whole message", got)
		}
	})
	t.Run("half", func(t *testing.T) {
		s := newSlowServer(t)
		ctx, cancel := context.WithCancel(t.Context())
		m := letter("bob@example.com")
		m.Data = append(m.Data, "mark\r\n"+strings.Repeat(strings.Repeat("x", 900)+"\r\n", 12000)...) // fills the system's buffers
		start := time.Now()
		err := sendTo(t, ctx, s.addr, m, func() {
			<-s.read
			time.Sleep(200 * time.Millisecond)
			cancel()
			time.Sleep(200 * time.Millisecond)
			close(s.goOn)
		})
		var e *smtpsend.Error
		if !errors.As(err, &e) || e.Phase != smtpsend.PhaseBody || !e.Temporary || e.Unknown || !errors.Is(err, context.Canceled) {
			t.Errorf("Send = %v, want a temporary error in phase body with context.Canceled", err)
		}
		if got, whole := <-s.taken; whole {
			t.Errorf("server took a message of %d octets, want none", len(got))
		}
		if took := time.Since(start); took > 20*time.Second { // Finish is 30 s
			t.Errorf("Send and server took %v, want no grace", took)
		}
	})
}

// sendTo sends m to the server at addr while meanwhile runs.
func sendTo(t *testing.T, ctx context.Context, addr string, m *mime.Message, meanwhile func()) error {
	t.Helper()
	sender, err := smtpsend.Open("smtp://"+addr+"?tls=insecure-none", func(o *smtpsend.Options) { o.Finish = 30 * time.Second })
	if err != nil {
		t.Fatal(err)
	}
	defer sender.Close()
	done := make(chan struct{})
	go func() { defer close(done); meanwhile() }()
	err = sender.Send(ctx, m)
	<-done
	return err
}
