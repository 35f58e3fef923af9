// Command booking books rooms and invites people to them, on a small page.
//
// Without flags, everything runs in this process: a database that is removed at the end,
// a mail server, and attendees who answer at a click. The flags put real parts in place.
// service.go is the part to copy. README.md says more.
package main

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/mail"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/smtpsend"
	"github.com/convene-go/convene/smtpsend/folder"
)

// config says which parts are real.
type config struct {
	listen, zone, from                      string
	db, postgres, smtp, maildir, authServID string
	answers                                 string
}

func main() {
	var c config
	flag.StringVar(&c.listen, "listen", "127.0.0.1:8080", "`address` of the page; it has no login, so keep it on this machine")
	flag.StringVar(&c.zone, "zone", "Europe/Berlin", "IANA `name` of the time zone of the rooms")
	flag.StringVar(&c.from, "from", "Room desk <desk@example.test>", "`mailbox` that sends the invitations and gets the answers")
	flag.StringVar(&c.db, "db", "", "SQLite `file` to keep; without it a file that is removed at the end")
	flag.StringVar(&c.postgres, "postgres", "", "`URL` of a PostgreSQL database, in place of SQLite")
	flag.StringVar(&c.smtp, "smtp", "", "`URL` of a mail server, in place of the simulated attendees")
	flag.StringVar(&c.maildir, "maildir", "", "Maildir `folder` to which the answers come")
	flag.StringVar(&c.authServID, "authserv-id", "", "`name` that your mail server writes into Authentication-Results; needed with -maildir")
	flag.StringVar(&c.answers, "answers", "", "public `URL` of this program, such as https://rooms.example.com, for the links to the answer pages")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, c, func(url string) { fmt.Println("The page is at", url) })
	if err != nil {
		fmt.Fprintln(os.Stderr, "booking:", err)
		os.Exit(1)
	}
}

// run runs everything until ctx ends. ready is told the address of the page.
func run(ctx context.Context, c config, ready func(url string)) error {
	from, err := mail.ParseAddress(c.from)
	if err != nil {
		return fmt.Errorf("-from: %w", err)
	}
	zone, err := time.LoadLocation(c.zone)
	if err != nil {
		return fmt.Errorf("-zone: %w", err)
	}
	if c.maildir != "" && c.authServID == "" {
		return errors.New("-maildir needs -authserv-id: without it nobody knows who wrote an answer")
	}
	db, closeDB, err := openDatabase(c)
	if err != nil {
		return err
	}
	defer closeDB()

	d, smtpURL, err := startDemo(c)
	if err != nil {
		return err
	}
	sender, err := smtpsend.Open(smtpURL)
	if err != nil {
		return fmt.Errorf("-smtp: %w", err)
	}
	defer sender.Close()
	authServID := cmp.Or(c.authServID, demoServer)
	policy := invite.Strict(authServID)
	policy.Uninvited = invite.UninvitedHold // somebody who was forwarded an invitation
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	address := "http://" + listener.Addr().String()
	if c.answers == "" && d != nil {
		c.answers = address // the simulated attendees are on this machine
	}
	links, err := answerLinks(ctx, db, c.answers)
	if err != nil {
		return fmt.Errorf("-answers: %w", err)
	}
	s, err := openService(ctx, db, newClient(sender, links), policy, ical.Person{Name: from.Name, Email: from.Address})
	if err != nil {
		return err
	}
	if d != nil {
		defer d.server.Close()
		d.authServID, d.deliver = authServID, intoService(s.receive)
		if c.maildir != "" {
			box, err := folder.New(c.maildir, &folder.Options{Maildir: true})
			if err != nil {
				return fmt.Errorf("-maildir: %w", err)
			}
			d.deliver = box.Send
		}
	}
	pages, err := withAnswers(knownHosts(c.listen, listener.Addr(), newPage(s, zone, d).handler()), s.desk, links)
	if err != nil {
		return err
	}
	ready(address + "/")
	return serve(ctx, listener, pages, s, c.maildir)
}

// serve runs the three loops of the service until ctx ends, or until one of them fails:
// the page, the mails that go out, and the mails that come in.
func serve(ctx context.Context, listener net.Listener, page http.Handler, s *service, maildir string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	server := &http.Server{Handler: page, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: time.Minute}

	var loops sync.WaitGroup
	loops.Go(func() {
		<-ctx.Done()
		_ = server.Shutdown(context.Background()) // waits for the requests that run
	})
	loop := func(f func() error) { loops.Go(func() { cancel(f()) }) }
	loop(func() error { return server.Serve(listener) })
	loop(func() error { return s.desk.Run(ctx) })
	if maildir != "" {
		box := inbox.Maildir(maildir, func(o *inbox.MaildirOptions) { o.Poll = time.Second })
		loop(func() error { return inbox.Run(ctx, box, s.receive) })
	}
	loops.Wait()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) && !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// demoServer is the name of the simulated mail server of the organizer.
const demoServer = "mx.example.test"

// startDemo starts the simulated attendees, and returns the URL of their mail server. With
// a real mail server there are none.
func startDemo(c config) (*demo, string, error) {
	if c.smtp != "" {
		if c.maildir == "" {
			slog.Warn("answers will not be read: -maildir is missing")
		}
		return nil, c.smtp, nil
	}
	server, err := startServer()
	if err != nil {
		return nil, "", err
	}
	return &demo{server: server}, server.URL(), nil
}

// openDatabase returns the database, and a function that closes it.
func openDatabase(c config) (db *sql.DB, closeDB func(), err error) {
	if c.postgres != "" {
		if db, err = sql.Open("pgx", c.postgres); err != nil {
			return nil, nil, err
		}
		db.SetMaxIdleConns(20) // opening connections anew costs more than the work
		return db, func() { db.Close() }, nil
	}
	file, remove := c.db, func() {}
	if file == "" {
		dir, err := os.MkdirTemp("", "booking-*")
		if err != nil {
			return nil, nil, err
		}
		file, remove = filepath.Join(dir, "booking.db"), func() { os.RemoveAll(dir) }
	}
	// The file holds people's addresses and answers, so it is for its owner alone.
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		db, err = sql.Open("sqlite", desk.SQLiteDSN(file))
	}
	if err != nil {
		remove()
		return nil, nil, fmt.Errorf("-db: %w", err)
	}
	return db, func() { db.Close(); remove() }, nil
}
