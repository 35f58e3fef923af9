package desktest

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/smtpsend"
)

// sink is a mail server that throws its mails away. It takes a time between Least and
// Most for each.
type sink struct{ Least, Most time.Duration }

// sinkEnv is the variable that makes this test program a sink.
const sinkEnv = "DESKTEST_SINK"

// startSink starts a sink in a process of its own, and returns a sender with eight
// connections to it.
func startSink(b *testing.B, s sink) invite.Sender {
	settings := must(json.Marshal(s))(b)
	cmd := exec.CommandContext(b.Context(), must(os.Executable())(b))
	cmd.Env = append(os.Environ(), sinkEnv+"="+string(settings))
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())(b)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Wait() }) // the context of b has ended
	addr := must(bufio.NewReader(out).ReadString('\n'))(b)
	sender := must(smtpsend.New(strings.TrimSpace(addr), &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, Connections: 8, ConnectionMessages: 1 << 20}))(b)
	b.Cleanup(func() { _ = sender.Close() })
	return sender
}

// runSink is the main function of a sink. It prints its address, and serves until it is
// killed.
func runSink(settings string) error {
	var s sink
	if err := json.Unmarshal([]byte(settings), &s); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return s, nil })).Serve(listener)
}

// The methods of an [smtp.Session].
func (sink) Mail(string, *smtp.MailOptions) error { return nil }
func (sink) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (sink) Reset()                               {}
func (sink) Logout() error                        { return nil }

func (s sink) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	wait := s.Least
	if s.Most > s.Least {
		wait += rand.N(s.Most - s.Least)
	}
	time.Sleep(wait)
	return err
}
