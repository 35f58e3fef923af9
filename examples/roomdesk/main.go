// Command roomdesk books rooms. Rooms are attendees with a mailbox. This program reads it, and
// accepts or declines in the room's name. See README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	_ "modernc.org/sqlite"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/inbox"
)

// config is the configuration of the program.
type config struct {
	addr      string        // of the HTTP server
	base      string        // the address of the HTTP server from outside
	data      string        // the folder of the database and of the Maildirs "desk" and "rooms"
	smtp      string        // the URL of the mail server, or "" to stay in the folder data
	key       string        // signs the links of the answer pages
	organizer ical.Person   // the organizer of all meetings
	rooms     []ical.Person // the rooms
	poll      time.Duration // the pause between two looks at a Maildir

	remindBefore []time.Duration // the times before a meeting at which people are reminded
}

func main() {
	c := config{
		key:          os.Getenv("ANSWER_KEY"),
		rooms:        []ical.Person{{Name: "Harbour", Email: "harbour@rooms.example.com"}, {Name: "Lagoon", Email: "lagoon@rooms.example.com"}},
		poll:         time.Second,
		remindBefore: []time.Duration{24 * time.Hour, 15 * time.Minute},
	}
	flag.StringVar(&c.addr, "addr", "127.0.0.1:8080", "listen on this `address`")
	flag.StringVar(&c.base, "base", "http://127.0.0.1:8080", "the `URL` of this server from outside")
	flag.StringVar(&c.data, "data", "data", "keep the database and the mails in this `folder`")
	flag.StringVar(&c.smtp, "smtp", "", "send mails by the server of this `URL`; without it they stay in the folder")
	flag.StringVar(&c.organizer.Email, "desk", "desk@example.com", "the `mailbox` that answers come to")
	flag.Parse()
	c.organizer.Name = "Room desk"
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	listener, err := net.Listen("tcp", c.addr)
	if err != nil {
		log.Fatal(err)
	}
	if err := run(ctx, c, listener); err != nil {
		log.Fatal(err)
	}
}

// run serves until ctx ends.
func run(ctx context.Context, c config, listener net.Listener) error {
	s, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer s.close()
	server := &http.Server{Handler: s.routes(), ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute}
	poll := func(o *inbox.MaildirOptions) { o.Poll = c.poll }
	return together(ctx,
		s.desk.Run,
		func(ctx context.Context) error {
			return inbox.Run(ctx, inbox.Maildir(filepath.Join(c.data, "desk"), poll), s.answered)
		},
		func(ctx context.Context) error {
			return inbox.Run(ctx, inbox.Maildir(filepath.Join(c.data, "rooms"), poll), s.rooms.receive)
		},
		func(ctx context.Context) error { return server.Serve(listener) },
		func(ctx context.Context) error {
			<-ctx.Done()
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			return server.Shutdown(last)
		})
}

// together runs all parts of the program until ctx ends or one of them ends. It returns their
// errors, except the one of a server that was shut down.
func together(ctx context.Context, parts ...func(ctx context.Context) error) error {
	inner, stop := context.WithCancel(ctx)
	defer stop()
	var all sync.WaitGroup
	errs := make([]error, len(parts))
	for i, part := range parts {
		all.Go(func() {
			defer stop()
			if err := part(inner); !errors.Is(err, http.ErrServerClosed) {
				errs[i] = err
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
