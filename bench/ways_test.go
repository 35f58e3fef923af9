package bench

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/convene-go/convene/httpsend/mailgun"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
	"github.com/convene-go/convene/smtpsend/folder"
)

// BenchmarkWays lets the ways of a message take turns: SMTP and LMTP to the light server,
// Mailgun's API to an HTTP server that does as little, and a folder. The peers are net/http
// with a finished request, and the calls of package os that make a file as durable as the
// folder does. A turn is ten messages.
func BenchmarkWays(b *testing.B) {
	m := message("bob@example.com")
	clients := []client{
		ours(b, sink(b, true, nil), nil),
		lmtp(b, m),
		mailgunWay(b, m),
		httpAlone(b, m),
		folderWay(b, m),
		filesAlone(b, m),
	}
	clients[0].name = "SMTP"
	for i, c := range clients {
		clients[i].send = repeated(c.send)
	}
	times := turns(b, clients)
	for i, c := range clients {
		b.ReportMetric(times[i]/1e3/messages, "µs/"+c.name)
		if i > 0 {
			b.ReportMetric(times[i]/times[0], c.name+"/SMTP")
		}
	}
	b.ReportMetric(times[3]/times[2], "net/http/mailgun")
	b.ReportMetric(times[5]/times[4], "os/folder")
	b.ReportMetric(0, "ns/op") // the sum of all
}

// messages is the number of messages in one turn of a way.
const messages = 10

// repeated returns a function that calls send for each message of a turn.
func repeated(send func() error) func() error {
	return func() error {
		for range messages {
			if err := send(); err != nil {
				return err
			}
		}
		return nil
	}
}

// sends returns the client of a sender.
func sends(name string, s interface {
	Send(context.Context, *mime.Message) error
}, m *mime.Message) client {
	return client{name, func() error { return s.Send(context.Background(), m) }}
}

// lmtp is smtpsend with LMTP.
func lmtp(b *testing.B, m *mime.Message) client {
	s, err := smtpsend.New(sink(b, true, nil), &smtpsend.Options{LMTP: true, ConnectionMessages: 1 << 30, ConnectionAge: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return sends("LMTP", s, m)
}

// httpSink starts an HTTP server that answers to each message as Mailgun does.
func httpSink(b *testing.B) (url string) {
	l := listen(b)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, `{"id":"<1@example.com>","message":"Queued."}`)
	})}
	b.Cleanup(func() { s.Close() })
	go s.Serve(l)
	return "http://" + l.Addr().String()
}

// mailgunWay is httpsend/mailgun.
func mailgunWay(b *testing.B, m *mime.Message) client {
	s, err := mailgun.New("example.com", "key", &mailgun.Options{URL: httpSink(b)})
	if err != nil {
		b.Fatal(err)
	}
	return sends("mailgun", s, m)
}

// httpAlone posts the same form with net/http. The form is made beforehand.
func httpAlone(b *testing.B, m *mime.Message) client {
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	w.WriteField("to", m.To[0])
	part, err := w.CreateFormFile("message", "message.eml")
	if err != nil {
		b.Fatal(err)
	}
	part.Write(m.Data)
	w.Close()
	url := httpSink(b)
	return client{"net/http", func() error {
		r, err := http.Post(url, w.FormDataContentType(), bytes.NewReader(form.Bytes()))
		if err != nil {
			return err
		}
		defer r.Body.Close()
		if r.StatusCode != http.StatusOK {
			return fmt.Errorf("status %d", r.StatusCode)
		}
		_, err = io.ReadAll(r.Body)
		return err
	}}
}

// folderWay is smtpsend/folder.
func folderWay(b *testing.B, m *mime.Message) client {
	s, err := folder.New(b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	return sends("folder", s, m)
}

// filesAlone writes a file, syncs it, gives it its name, and syncs the folder.
func filesAlone(b *testing.B, m *mime.Message) client {
	dir, n := b.TempDir(), 0
	return client{"os", func() error {
		n++
		tmp := filepath.Join(dir, "tmp")
		if err := os.WriteFile(tmp, m.Data, 0o600); err != nil {
			return err
		}
		if err := syncPath(tmp, os.O_WRONLY); err != nil {
			return err
		}
		if err := os.Rename(tmp, filepath.Join(dir, fmt.Sprint(n, ".eml"))); err != nil {
			return err
		}
		return syncPath(dir, os.O_RDONLY)
	}}
}

// syncPath syncs a file or a folder to the disk.
func syncPath(path string, flag int) error {
	f, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
