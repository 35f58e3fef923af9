package ses_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/httpsend/internal/callcheck"
	"github.com/convene-go/convene/httpsend/ses"
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// emulatorDir is where the emulator is, after
//
//	npm install --prefix /var/tmp/convene-ses aws-ses-v2-local
const emulatorDir = "/var/tmp/convene-ses"

// startEmulator starts npm's aws-ses-v2-local, and returns its address.
func startEmulator(t *testing.T) string {
	t.Helper()
	cli := filepath.Join(emulatorDir, "node_modules/aws-ses-v2-local/dist/cli.js")
	node, err := exec.LookPath("node")
	if err == nil {
		_, err = os.Stat(cli)
	}
	if err != nil {
		t.Skipf("SKIPPED: not tested against aws-ses-v2-local: %v (npm install --prefix %s aws-ses-v2-local)", err, emulatorDir)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	var out bytes.Buffer
	cmd := exec.Command(node, cli, "--host", "127.0.0.1", "--port", port)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	url := "http://127.0.0.1:" + port
	for begin := time.Now(); time.Since(begin) < time.Minute; time.Sleep(50 * time.Millisecond) {
		if resp, err := http.Get(url + "/health-check"); err == nil {
			resp.Body.Close()
			return url
		}
	}
	t.Fatalf("the emulator does not start: %s", out.String())
	return ""
}

// wiretap keeps the mails that go over a transport.
type wiretap struct{ mails [][]byte }

func (w *wiretap) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var v struct {
		Content struct{ Raw struct{ Data []byte } }
	}
	if err := json.Unmarshal(body, &v); err != nil {
		return nil, err
	}
	w.mails = append(w.mails, v.Content.Raw.Data)
	r = r.Clone(r.Context())
	r.Body = io.NopCloser(bytes.NewReader(body))
	return http.DefaultTransport.RoundTrip(r)
}

// keeper is a sender that keeps the mails as they were built.
type keeper struct {
	*ses.Sender
	built [][]byte
}

func (k *keeper) SendReceipt(ctx context.Context, m *mime.Message) (invite.Receipt, error) {
	k.built = append(k.built, bytes.Clone(m.Data))
	return k.Sender.SendReceipt(ctx, m)
}

// storedMail is a mail as the emulator has taken it apart.
type storedMail struct {
	MessageID   string `json:"messageId"`
	Subject     string `json:"subject"`
	From        string `json:"from"`
	Destination struct {
		To []string `json:"to"`
	} `json:"destination"`
	Body struct {
		Text string `json:"text"`
		HTML string `json:"html"`
	} `json:"body"`
	Attachments []struct {
		ContentType string `json:"contentType"`
		Filename    string `json:"filename"`
		Content     string `json:"content"`
	} `json:"attachments"`
}

// TestEmulator invites two guests through the emulator. The octets that arrive are the
// octets that were built, and the emulator reads the same object out of them.
func TestEmulator(t *testing.T) {
	url := startEmulator(t)
	tap := new(wiretap)
	s, err := ses.New(config(callcheck.Setup{URL: url, Client: &http.Client{Transport: tap}}), nil)
	if err != nil {
		t.Fatal(err)
	}
	k := &keeper{Sender: s}
	start := time.Date(2027, 3, 2, 10, 0, 0, 0, time.UTC)
	m, err := invite.New(k, nil).Send(t.Context(), ical.Event{
		Summary: "Quarterly review – Überblick", Start: start, End: start.Add(time.Hour), TimeZone: "Europe/Berlin",
		Organizer: ical.Person{Name: "Room desk", Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Name: "Ann", Email: "ann@example.com"}, {Name: "Bob", Email: "bob@example.com"}},
	}, invite.AllowPast())
	if err != nil {
		t.Fatal(err)
	}
	list := stored(t, url)
	if len(list) != 2 || len(tap.mails) != 2 || len(k.built) != 2 {
		t.Fatalf("%d mails are stored, %d came over the wire, %d were built, want 2", len(list), len(tap.mails), len(k.built))
	}
	for i, x := range list {
		if !bytes.Equal(tap.mails[i], k.built[i]) {
			t.Errorf("mail %d came as %q, and was built as %q", i, tap.mails[i], k.built[i])
		}
		if d := m.Deliveries[i]; d.State != invite.DeliveryDelivered || d.Receipt != x.MessageID || !strings.HasPrefix(d.Receipt, "ses-") {
			t.Errorf("delivery %d = %+v, and the emulator calls it %s", i, d, x.MessageID)
		}
		built, err := invite.Read(bytes.NewReader(k.built[i]), nil)
		if err != nil {
			t.Fatal(err)
		}
		if x.Subject != built.Mail.Subject || len(x.Destination.To) != 1 || !strings.Contains(x.Destination.To[0], m.Deliveries[i].To) ||
			!strings.Contains(x.From, "desk@example.com") || strings.TrimSpace(x.Body.Text) == "" || !strings.Contains(x.Body.HTML, "<") {
			t.Errorf("mail %d is stored as %+v", i, x)
		}
		found := 0
		for _, a := range x.Attachments {
			data, err := base64.StdEncoding.DecodeString(a.Content)
			if err == nil && bytes.Equal(data, built.Mail.Calendars[0].Data) {
				found++
			}
		}
		if found == 0 {
			t.Errorf("mail %d: the emulator finds no calendar object: %+v", i, x.Attachments)
		}
		if file := os.Getenv("CONVENE_SES_MAIL"); file != "" && i == 0 {
			if err := os.WriteFile(file, tap.mails[i], 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// stored returns the mails in the emulator.
func stored(t *testing.T, url string) []storedMail {
	t.Helper()
	resp, err := http.Get(url + "/store")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var v struct {
		Emails []storedMail `json:"emails"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v.Emails
}

// TestEmulatorRefuses has the emulator refuse a mail.
func TestEmulatorRefuses(t *testing.T) {
	url := startEmulator(t)
	s, err := ses.New(config(callcheck.Setup{URL: url, Client: http.DefaultClient}), nil)
	if err != nil {
		t.Fatal(err)
	}
	m := &mime.Message{From: "desk@example.com", To: []string{"ann@example.com"}, Data: []byte("Subject: no From\r\n\r\nx\r\n")}
	var e *httpsend.Error
	if err := s.Send(t.Context(), m); !errors.As(err, &e) || !e.Refused() || e.Status != 400 {
		t.Errorf("Send = %v, want a refusal with 400", err)
	}
	if e == nil {
		return
	}
	if got := fmt.Sprint(e); !strings.Contains(got, "Bad Request Exception") {
		t.Errorf("the error is %s", got)
	}
}
