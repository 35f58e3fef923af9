package desktest_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/smtpsend"
)

var errBody, errNoAnswer = errors.New("the body cannot be read"), errors.New("the mail is no answer")

type guest struct{ Name, Email, Language string }

// fill sets the fields of an event that a request names.
func fill(e *ical.Event, guests *[]guest, body []byte) error {
	if json.Unmarshal(body, &struct {
		Title, Where, TimeZone *string
		Start, End             *time.Time
		Guests                 *[]guest
	}{&e.Summary, &e.Location, &e.TimeZone, &e.Start, &e.End, guests}) != nil {
		return errBody
	}
	return nil
}

func statusOf(err error) (status int, text string) {
	for known, status := range map[error]int{errNoAnswer: 202, errBody: 400, desk.ErrNotFound: 404, invite.ErrCancelled: 409, invite.ErrPast: 409} {
		if errors.Is(err, known) {
			return status, err.Error()
		}
	}
	if lint := (*invite.LintError)(nil); len(ical.FieldErrors(err)) > 0 || errors.As(err, &lint) {
		return 422, err.Error()
	}
	log.Print(err)
	return 500, "internal error"
}

func routes(d *desk.Desk) http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, status int, f func(r *http.Request, id string, body []byte) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v, err, status := any(nil), errBody, status
			if body, bad := io.ReadAll(http.MaxBytesReader(w, r.Body, 32<<20)); bad == nil {
				v, err = f(r, r.PathValue("id"), body)
			}
			if m, ok := v.(*invite.Meeting); err != nil {
				status, v = statusOf(err)
			} else if ok {
				v = map[string]any{"id": m.Event.UID, "title": m.Event.Summary, "start": m.Event.Start, "text": m.Tally().String(), "who": m.Tally(), "pending": m.Tally().Pending}
			}
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_ = json.NewEncoder(w).Encode(v)
		})
	}
	handle("POST /book", 201, func(r *http.Request, _ string, body []byte) (any, error) {
		e, guests := ical.Event{Organizer: ical.Person{Name: "Salon", Email: "desk@example.com"}}, []guest(nil)
		if err := fill(&e, &guests, body); err != nil {
			return nil, err
		}
		for _, g := range guests {
			e.Attendees = append(e.Attendees, ical.Attendee{Name: g.Name, Email: g.Email, Language: g.Language})
		}
		return d.Send(r.Context(), e)
	})
	handle("GET /book/{id}", 200, func(r *http.Request, id string, _ []byte) (any, error) { return d.Meeting(r.Context(), id) })
	handle("PATCH /book/{id}", 200, func(r *http.Request, id string, body []byte) (any, error) {
		return d.Update(r.Context(), id, func(e *ical.Event) error { return fill(e, nil, body) })
	})
	handle("DELETE /book/{id}", 204, func(r *http.Request, id string, _ []byte) (any, error) {
		if _, err := d.Cancel(r.Context(), id, invite.Comment(r.URL.Query().Get("why"))); !errors.Is(err, invite.ErrCancelled) {
			return nil, err
		}
		return nil, nil
	})
	handle("POST /inbound", 200, func(r *http.Request, _ string, body []byte) (any, error) {
		if _, err := invite.Read(bytes.NewReader(body), nil); err != nil {
			return nil, errBody
		}
		got, err := d.Receive(r.Context(), &inbox.Mail{Data: body})
		if err == nil && got.UID == "" {
			err = map[invite.Verdict]error{invite.VerdictNotAnAnswer: errNoAnswer, invite.VerdictUnknownEvent: desk.ErrNotFound}[got.Outcome.Verdict]
		}
		return got.Outcome, err
	})
	return mux
}

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

func Example_service() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	db, name := must(sql.Open("sqlite", desk.SQLiteDSN(os.Getenv("DB")))), os.Getenv("AUTHSERV_ID")
	defer db.Close()
	o := &desk.Options{Policy: &invite.Policy{AuthServID: name, RequireAuth: name != "", ListedSentBy: name != ""}}
	d := must(desk.Open(ctx, db, invite.New(must(smtpsend.Open(os.Getenv("SMTP_URL"))), nil), o))
	srv := &http.Server{Addr: "127.0.0.1:" + os.Getenv("PORT"), Handler: routes(d)}
	go func() { log.Print(srv.ListenAndServe()); stop() }()
	log.Print("stopped: ", errors.Join(d.Run(ctx), srv.Shutdown(context.Background())))
}
