package main

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/rsvp"
	"github.com/convene-go/convene/smtpsend"
	"github.com/convene-go/convene/smtpsend/folder"
)

// service is the desk with everything around it.
type service struct {
	config
	db     *sql.DB
	sender invite.Sender
	desk   *desk.Desk
	rooms  *rooms
	pages  *rsvp.Handler
}

// open opens the database and the way of the mails. It sends nothing.
func open(ctx context.Context, c config) (_ *service, err error) {
	if err := os.MkdirAll(c.data, 0o700); err != nil {
		return nil, err
	}
	s := &service{config: c}
	defer func() {
		if err != nil {
			s.close()
		}
	}()
	if s.sender, err = c.sender(); err != nil {
		return nil, err
	}
	if s.db, err = sql.Open("sqlite", desk.SQLiteDSN(filepath.Join(c.data, "rooms.db"))); err != nil {
		return nil, err
	}
	if err := s.openDesk(ctx); err != nil {
		return nil, err
	}
	s.rooms, err = openRooms(ctx, s)
	return s, err
}

// openDesk opens the desk and its answer pages.
func (s *service) openDesk(ctx context.Context) error {
	brand := body.Brand{Name: s.organizer.Name, Colour: "#0f766e"}
	texts, err := body.New(&body.Options{Brand: brand, ShowAnswers: true})
	if err != nil {
		return err
	}
	links := &rsvp.Links{Base: s.base + "/answer", Keys: [][]byte{[]byte(s.key)}}
	client := invite.New(s.sender, &invite.Options{Body: texts, AnswerURL: links.URL})
	if s.desk, err = desk.Open(ctx, s.db, client, &desk.Options{RemindBefore: s.remindBefore}); err != nil {
		return err
	}
	s.pages = rsvp.NewHandler(s.desk, links, &rsvp.Options{Brand: brand, ShowGuests: true, Logger: slog.Default()})
	return s.pages.Validate()
}

func (s *service) close() {
	if s.db != nil {
		s.db.Close()
	}
	if c, ok := s.sender.(io.Closer); ok {
		c.Close()
	}
}

// answered takes a mail in that came to the desk.
func (s *service) answered(ctx context.Context, mail *inbox.Mail) error {
	got, err := s.desk.Receive(ctx, mail)
	if err != nil {
		return err // the mail comes again
	}
	log.Print("desk: ", got.UID, ": ", got.Outcome.Verdict, ": ", got.Outcome.Reason)
	return nil
}

// sender returns the way of the mails: the mail server, or Maildirs in the folder of the program.
func (c config) sender() (invite.Sender, error) {
	if c.smtp != "" {
		return smtpsend.Open(c.smtp)
	}
	boxes := map[string]*folder.Sender{}
	for _, name := range []string{"desk", "rooms", "people"} {
		box, err := folder.New(filepath.Join(c.data, name), &folder.Options{Maildir: true})
		if err != nil {
			return nil, err
		}
		boxes[name] = box
	}
	return invite.SenderFunc(func(ctx context.Context, m *invite.Message) error {
		if len(m.To) != 1 {
			return errors.New("roomdesk: a mail to several recipients")
		}
		switch {
		case strings.EqualFold(m.To[0], c.organizer.Email):
			return boxes["desk"].Send(ctx, m)
		case c.room(m.To[0]) != "":
			return boxes["rooms"].Send(ctx, m)
		}
		return boxes["people"].Send(ctx, m)
	}), nil
}

// room returns the name of the room with this address, or "".
func (c config) room(email string) string {
	for _, r := range c.rooms {
		if strings.EqualFold(r.Email, email) {
			return r.Name
		}
	}
	return ""
}
