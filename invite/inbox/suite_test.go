package inbox_test

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/inboxtest"
)

// TestSource checks that a Maildir keeps the rules of a source.
func TestSource(t *testing.T) {
	inboxtest.TestSource(t, func(t *testing.T) *inboxtest.Place {
		dir := filepath.Join(t.TempDir(), "box")
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, sub := range []string{"tmp", "new", "cur"} {
			check(os.MkdirAll(filepath.Join(dir, sub), 0o700))
		}
		delivered := 0
		return &inboxtest.Place{
			Open: func(p inboxtest.Pauses) inbox.Source {
				return inbox.Maildir(dir, func(o *inbox.MaildirOptions) {
					o.Poll, o.Retry, o.Tries, o.MaxSize = time.Millisecond, p.Retry, 3, 100_000
					o.Logger = slog.New(slog.NewTextHandler(t.Output(), nil))
				})
			},
			Deliver: func(m *inbox.Mail) {
				name := fmt.Sprintf("1803981600.M%dP1.host", delivered)
				delivered++
				tmp := filepath.Join(dir, "tmp", name)
				check(os.WriteFile(tmp, m.Data, 0o600))
				check(os.Rename(tmp, filepath.Join(dir, "new", name)))
			},
			Aside: func() (out [][]byte) {
				paths, err := filepath.Glob(filepath.Join(dir, "cur", "*:2,F"))
				check(err)
				for _, path := range paths {
					data, err := os.ReadFile(path)
					check(err)
					out = append(out, data)
				}
				return out
			},
			Away: func() (back func()) {
				check(os.Rename(dir, dir+".away"))
				return func() { check(os.Rename(dir+".away", dir)) }
			},
			Tries: 3, MaxSize: 100_000, Shared: true,
		}
	})
}
