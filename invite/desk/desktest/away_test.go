package desktest

import (
	"bytes"
	"context"
	"flag"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// away is the time for which PostgreSQL is away.
var away = flag.Duration("away", 3*time.Second, "the time for which TestDatabaseAway stops PostgreSQL")

// TestDatabaseAway stops PostgreSQL while a mail is in flight, and starts it again later.
// The result of the mail is stored, no mail goes out twice, and Run goes on.
func TestDatabaseAway(t *testing.T) {
	x := newPostgres(t)
	if crashServer == nil {
		t.Skip("SKIPPED: the server of DESK_POSTGRES is not stopped")
	}
	w := newWorld(t, x, desk.Options{})
	var log logText
	var once sync.Once
	started := make(chan error, 1)
	c := invite.New(invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
		once.Do(func() {
			if err := stopPostgres(); err != nil {
				t.Error(err)
			}
			go func() {
				time.Sleep(*away)
				for end := time.Now().Add(time.Minute); !log.contains("cannot be read") && time.Now().Before(end); {
					time.Sleep(10 * time.Millisecond) // until Run has looked
				}
				started <- startAgain()
			}()
		})
		return w.mails.Send(ctx, m)
	}), w.o)
	d := open(t, w.db, &desk.Options{Now: w.clock.Now, Logger: slog.New(slog.NewTextHandler(&log, nil))}, c)
	uid := w.send(lunch(5))
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- d.Run(ctx) }()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	must(w.mails.Wait(t.Context(), 5))(t)
	other := w.send(lunch(1))
	must(w.mails.Wait(t.Context(), 6))(t)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Run = %v, want nil", err)
	}
	w.checkStates("at last", uid, delivered, delivered, delivered, delivered, delivered)
	w.checkStates("of a later meeting", other, delivered)
	check(t, "mails", 6, len(w.mails.Messages()))
	for _, want := range []string{"the fate of mails cannot be stored yet", "the database cannot be read", "the fate of mails is stored", "the database can be read again"} {
		if !log.contains(want) {
			t.Errorf("the log does not say that %s:\n%s", want, log.String())
		}
	}
}

// logText is a log that several goroutines write.
type logText struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

// contains reports whether a text has been written.
func (l *logText) contains(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Contains(l.Bytes(), []byte(text))
}
