package riverdesk_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
	"github.com/convene-go/convene/smtpsend"
)

// sinkEnv and senderEnv are the variables that make this test program a mail server, and a
// process that works at a queue.
const sinkEnv, senderEnv = "RIVERDESK_SINK", "RIVERDESK_SENDER"

func init() { roles[sinkEnv], roles[senderEnv] = runSink, runSender }

// sink is a mail server that throws its mails away. It takes some time for each.
type sink struct{ Takes time.Duration }

// runSink is the main function of a mail server. It prints its address.
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
	time.Sleep(s.Takes)
	return err
}

// startRole starts this test program in a role, and returns its first line.
func startRole(b testing.TB, env string, settings any) (*process, string) {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), must(os.Executable())(b))
	cmd.Env = append(os.Environ(), env+"="+text(b, settings))
	cmd.Stderr = os.Stderr
	in, out := must(cmd.StdinPipe())(b), must(cmd.StdoutPipe())(b)
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Wait() }) // the context has ended
	return &process{cmd, in}, strings.TrimSpace(must(bufio.NewReader(out).ReadString('\n'))(b))
}

// mailer is a process that works at a queue.
type mailer struct {
	DSN, Server           string
	Connections, Parallel int
}

// client returns a client with a pool of connections to the mail server.
func (m *mailer) client() (*invite.Client, *smtpsend.Sender, error) {
	s, err := smtpsend.New(m.Server, &smtpsend.Options{TLS: smtpsend.TLSInsecureNone, Connections: m.Connections, ConnectionMessages: 1 << 20})
	if err != nil {
		return nil, nil, err
	}
	return invite.New(s, &invite.Options{Parallel: m.Parallel}), s, nil
}

// runSender is the main function of a process that works at a queue. It works until its
// standard input ends.
func runSender(settings string) error {
	var m mailer
	if err := json.Unmarshal([]byte(settings), &m); err != nil {
		return err
	}
	c, s, err := m.client()
	if err != nil {
		return err
	}
	defer s.Close()
	db, err := sql.Open("pgx", m.DSN)
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	ctx := context.Background()
	listen, err := pgxpool.New(ctx, m.DSN)
	if err != nil {
		return err
	}
	q, err := riverdesk.New(db, listen, &riverdesk.Options{Logger: quiet()})
	if err != nil {
		return err
	}
	d, err := desk.Open(ctx, db, c, &desk.Options{Enqueue: q.Enqueue})
	if err != nil {
		return err
	}
	fmt.Println("ready")
	lines := bufio.NewReader(os.Stdin)
	if _, err := lines.ReadString('\n'); err != nil {
		return err
	}
	if err := q.Start(ctx, d); err != nil {
		return err
	}
	_, _ = lines.ReadString('\n')
	return q.Stop(ctx)
}

// peak returns the most memory that a process has had, in MB. It is 0 if the system does
// not tell.
func (p *process) peak() (mb float64) {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Process.Pid))
	for line := range strings.Lines(string(data)) {
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &mb); err == nil {
			return mb / 1024
		}
	}
	return 0
}
