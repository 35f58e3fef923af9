package desktest

import (
	"bufio"
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
	"github.com/convene-go/convene/invite/invitetest"
)

// hookChild is a service with webhooks, which runs in a process of its own.
type hookChild struct {
	Driver, DSN string
	Now         time.Time
}

// hookEnv has the settings of the child.
const hookEnv = "DESKTEST_WEBHOOK_CHILD"

// hookKey is the signing key, and the password.
const hookKey = "a key of the test"

// hooks returns the handlers of a service: Mailgun and Postmark.
func hooks(d *desk.Desk, now func() time.Time) (http.Handler, error) {
	o := &webhook.Options{
		Receive: func(ctx context.Context, m *inbox.Mail) error { _, err := d.Receive(ctx, m); return err },
		Undelivered: func(ctx context.Context, id, email, text string) error {
			_, err := d.Undelivered(ctx, id, email, text)
			return err
		},
		Now: now,
	}
	mailgun, err := webhook.Mailgun(hookKey, o)
	if err != nil {
		return nil, err
	}
	postmark, err := webhook.Postmark("user", hookKey, o)
	mux := http.NewServeMux()
	mux.Handle("/mailgun/mime", mailgun)
	mux.Handle("/postmark", postmark)
	return mux, err
}

// TestWebhookChild is the child of TestWebhookKilled.
func TestWebhookChild(t *testing.T) {
	settings := os.Getenv(hookEnv)
	if settings == "" {
		t.Skip("runs as a child of TestWebhookKilled")
	}
	var c hookChild
	if err := json.Unmarshal([]byte(settings), &c); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return c.Now }
	d := open(t, database{c.Driver, c.DSN}.open(t), &desk.Options{OnEvent: told, Policy: invite.InsecureAcceptAny(), Now: now})
	h := must(hooks(d, now))(t)
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	fmt.Println("http://" + l.Addr().String())
	t.Fatal(http.Serve(l, h))
}

// hookMail is a mail that a service hands over: an answer, or the report of a bounce.
type hookMail struct {
	path, contentType string
	body              []byte
}

// send hands the mail over, and returns nil if it is acknowledged.
func (m *hookMail) send(ctx context.Context, url string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url+m.path, bytes.NewReader(m.body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", m.contentType)
	r.SetBasicAuth("user", hookKey)
	a, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if a.StatusCode != http.StatusOK {
		err = errors.Join(err, fmt.Errorf("%s %s", a.Status, text))
	}
	return err
}

// byMailgun is the request of a route of Mailgun.
func byMailgun(now time.Time, n int, data []byte) *hookMail {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	timestamp, token := fmt.Sprint(now.Unix()), fmt.Sprintf("token-%d", n)
	h := hmac.New(sha256.New, []byte(hookKey))
	_, _ = io.WriteString(h, timestamp+token)
	for name, value := range map[string]string{
		"timestamp": timestamp, "token": token, "signature": hex.EncodeToString(h.Sum(nil)),
		"recipient": "desk@example.com", "sender": "p@example.com", "body-mime": string(data),
	} {
		_ = w.WriteField(name, value)
	}
	_ = w.Close()
	return &hookMail{"/mailgun/mime", w.FormDataContentType(), b.Bytes()}
}

// byPostmark is the request of Postmark's inbound webhook, or of its bounce webhook.
func byPostmark(t testing.TB, v any) *hookMail {
	return &hookMail{"/postmark", "application/json", must(json.Marshal(v))(t)}
}

// startHooks starts a child, and returns its URL.
func startHooks(t testing.TB, x database, now time.Time) (*exec.Cmd, string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), must(os.Executable())(t), "-test.run=^TestWebhookChild$")
	cmd.Env = append(os.Environ(), hookEnv+"="+string(must(json.Marshal(hookChild{x.driver, x.dsn, now}))(t)))
	cmd.Stderr = os.Stderr
	out := must(cmd.StdoutPipe())(t)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || !strings.HasPrefix(line, "http") {
		t.Fatalf("a child has not begun: %q, %v", line, err)
	}
	return cmd, strings.TrimSpace(line)
}

// TestWebhookKilled hands 1,000 answers over to a service that is killed 50 times, at
// random points. A mail that is not acknowledged comes again, and some come twice at once.
// At last every mail has one verdict.
func TestWebhookKilled(t *testing.T) {
	meetings, guests, kills := 20, 50, 50
	if testing.Short() {
		meetings, guests, kills = 4, 25, 5
	}
	w := newWorld(t, newSQLite(t), desk.Options{})
	must(w.db.Exec(`CREATE TABLE told (id TEXT PRIMARY KEY, kind TEXT NOT NULL, attendee TEXT NOT NULL)`))(w)
	now := w.clock.Now()
	var mails []*hookMail
	var uids []string
	for range meetings {
		uid := w.send(lunch(guests))
		w.deliver(uid)
		uids = append(uids, uid)
		for i := range guests {
			data := w.mails.Reply(address(i), ical.StatusAccepted, invitetest.ClientGmail, func(a *invitetest.Answer) { a.Comment = fmt.Sprintf("mail %d", len(mails)) })
			if i%2 == 0 {
				mails = append(mails, byMailgun(now, len(mails), data))
			} else {
				mails = append(mails, byPostmark(t, map[string]any{"OriginalRecipient": "desk@example.com", "RawEmail": string(data)}))
			}
		}
	}
	all := len(mails)
	rand.Shuffle(all, func(i, j int) { mails[i], mails[j] = mails[j], mails[i] })

	var waiting []*hookMail
	lost := 0
	for round := range kills {
		more := all/kills + min(1, all%kills)
		more = min(more, len(mails))
		waiting, mails = append(waiting, mails[:more]...), mails[more:]
		if round == kills-1 {
			waiting, mails = append(waiting, mails...), nil
		}
		cmd, url := startHooks(t, w.database, now)
		waiting = handOver(t, cmd, url, waiting, rand.IntN(len(waiting)))
		lost += len(waiting)
	}
	cmd, url := startHooks(t, w.database, now)
	if waiting = handOver(t, nil, url, waiting, 0); len(waiting) != 0 {
		t.Fatalf("%d mails are not acknowledged by a service that nobody kills", len(waiting))
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	t.Logf("%d mails, %d kills; %d requests came again", all, kills, lost)
	if lost == 0 {
		t.Error("no kill hit a request")
	}
	check(t, "mails with the verdict applied", all, w.count(`SELECT COUNT(*) FROM convene_received WHERE verdict = 'applied'`))
	check(t, "mails", all, w.count(`SELECT COUNT(*) FROM convene_received`))
	check(t, "events", all, w.count(`SELECT COUNT(*) FROM told WHERE kind = $1`, string(desk.EventAnswered)))
	check(t, "comments of events", all, w.count(`SELECT COUNT(DISTINCT attendee) FROM told WHERE kind = $1`, string(desk.EventAnswered)))
	for _, uid := range uids {
		check(t, "answers", guests, len(w.meeting(uid).Answers))
	}
}

// handOver hands mails over, eight at a time and every fourth twice at once, and returns
// those that were not acknowledged. If cmd is not nil, the service is killed when n mails
// are acknowledged.
func handOver(t testing.TB, cmd *exec.Cmd, url string, mails []*hookMail, n int) (waiting []*hookMail) {
	t.Helper()
	var mu sync.Mutex
	var all sync.WaitGroup
	free, acknowledged, kill := make(chan bool, 8), 0, make(chan bool)
	enough := sync.OnceFunc(func() { close(kill) })
	for i, m := range mails {
		free <- true
		all.Go(func() {
			defer func() { <-free }()
			twin := make(chan error, 1)
			if i%4 == 0 {
				go func() { twin <- m.send(t.Context(), url) }()
			} else {
				twin <- nil
			}
			err := errors.Join(m.send(t.Context(), url), <-twin)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				if cmd == nil {
					t.Error(err)
				}
				waiting = append(waiting, m)
			} else if acknowledged++; acknowledged >= n {
				enough()
			}
		})
		if i == 0 && cmd != nil {
			all.Go(func() {
				<-kill
				time.Sleep(rand.N(4 * time.Millisecond))
				_ = cmd.Process.Kill()
				_ = cmd.Wait()
			})
		}
		if n == 0 {
			enough()
		}
	}
	enough()
	all.Wait()
	return waiting
}

// TestWebhookUndelivered takes the report of a bounce in, by Message-ID and by receipt,
// each once.
func TestWebhookUndelivered(t *testing.T) {
	eachWorld(t, desk.Options{}, func(w *world) {
		h := must(hooks(w.Desk, w.clock.Now))(w)
		send := func(v any) {
			w.Helper()
			m := byPostmark(w, v)
			server := httptestServer(w, h)
			if err := m.send(w.Context(), server); err != nil {
				w.Error(err)
			}
		}
		uid := w.send(lunch(2))
		w.deliver(uid)
		id := w.meeting(uid).Deliveries[1].MessageID
		must(w.db.Exec(`UPDATE convene_mails SET receipt = 'receipt-1' WHERE message_id = $1`, id))(w)
		bounce := map[string]any{"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "receipt-1", "Email": address(1), "Details": "550 no such user"}
		send(bounce)
		send(bounce)
		w.checkStates("after the bounce", uid, invite.DeliveryDelivered, invite.DeliveryUndelivered)
		if got := w.meeting(uid).Deliveries[1].Reply; !strings.Contains(got, "550 no such user") {
			w.Errorf("Reply = %q", got)
		}
	})
}

// TestWebhookStrict takes answers in under Strict(""). The results of the service decide,
// and the fields of the mail, which anybody can write, do not.
func TestWebhookStrict(t *testing.T) {
	w := newWorld(t, newSQLite(t), desk.Options{Policy: invite.Strict("")})
	var got desk.Received
	o := &webhook.Options{Receive: func(ctx context.Context, m *inbox.Mail) (err error) { got, err = w.Receive(ctx, m); return err }}
	mux := http.NewServeMux()
	mux.Handle("/postmark", must(webhook.Postmark("user", hookKey, o))(t))
	mux.Handle("/sendgrid", must(webhook.SendGridPassword("user", hookKey, o))(t))
	url := httptestServer(t, mux)
	sendgrid := func(dkim string) func(data []byte) *hookMail {
		return func(data []byte) *hookMail {
			var b bytes.Buffer
			m := multipart.NewWriter(&b)
			for name, value := range map[string]string{"email": string(data), "dkim": dkim, "SPF": "pass", "envelope": `{"to":["desk@example.com"],"from":"p0@example.com"}`} {
				_ = m.WriteField(name, value)
			}
			_ = m.Close()
			return &hookMail{"/sendgrid", m.FormDataContentType(), b.Bytes()}
		}
	}
	for _, tt := range []struct {
		name   string
		hook   func(data []byte) *hookMail
		signer string
		want   invite.Verdict
	}{
		{"signed", sendgrid("{@example.com : pass}"), "d=example.com", invite.VerdictApplied},
		{"signed by another", sendgrid("{@evil.test : pass}"), "d=evil.test", invite.VerdictUnverified},
		{"wrongly signed", sendgrid("{@example.com : fail}"), "d=example.com", invite.VerdictUnverified},
		{"a name that looks like a result", sendgrid("{@example.com : pass, @evil.test : pass}"), "d=example.com : pass, @evil.test", invite.VerdictUnverified},
		{"not signed", sendgrid("none"), "d=example.com", invite.VerdictUnverified},
		{"no results", func(data []byte) *hookMail {
			return byPostmark(t, map[string]any{"OriginalRecipient": "desk@example.com", "RawEmail": string(data)})
		}, "d=example.com", invite.VerdictUnverified},
	} {
		uid := w.send(lunch(1))
		w.deliver(uid)
		data := w.mails.Reply(address(0), ical.StatusAccepted, invitetest.ClientGmail, func(a *invitetest.Answer) { a.AuthServID = "mx.example.com" })
		data = append([]byte("DKIM-Signature: v=1; "+tt.signer+"; b=x\r\n"), data...)
		got = desk.Received{}
		if err := tt.hook(data).send(t.Context(), url); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if got.Outcome.Verdict != tt.want {
			t.Errorf("%s: verdict = %q (%s), want %q", tt.name, got.Outcome.Verdict, got.Outcome.Reason, tt.want)
		}
	}
}

// httptestServer serves h until the test ends, and returns its URL.
func httptestServer(t testing.TB, h http.Handler) string {
	l := must(net.Listen("tcp", "127.0.0.1:0"))(t)
	s := &http.Server{Handler: h}
	go func() { _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Close() })
	return "http://" + l.Addr().String()
}
