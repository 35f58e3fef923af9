package main

import (
	"crypto/subtle"
	"encoding/json"
	"errors"
	"log"
	"net/http"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// api is the JSON API of all tenants. The token in the request says whose meetings it is about.
func (all tenants) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /meetings", all.as(func(t *tenant, r *http.Request) (any, error) {
		var e ical.Event
		if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<20)).Decode(&e); err != nil {
			return nil, badRequest{err}
		}
		return show(t.book(r.Context(), e))
	}))
	mux.HandleFunc("GET /meetings", all.as(func(t *tenant, r *http.Request) (any, error) {
		list := []state{}
		for m, err := range t.desk.Meetings(r.Context(), desk.Filter{}) {
			if err != nil {
				return nil, err
			}
			list = append(list, stateOf(m))
		}
		return list, nil
	}))
	mux.HandleFunc("GET /meetings/{uid}", all.as(func(t *tenant, r *http.Request) (any, error) {
		return show(t.desk.Meeting(r.Context(), r.PathValue("uid")))
	}))
	mux.HandleFunc("POST /meetings/{uid}/move", all.as(func(t *tenant, r *http.Request) (any, error) {
		start, err := time.Parse(time.RFC3339, r.FormValue("start"))
		if err != nil {
			return nil, badRequest{err}
		}
		return show(t.move(r.Context(), r.PathValue("uid"), start))
	}))
	mux.HandleFunc("DELETE /meetings/{uid}", all.as(func(t *tenant, r *http.Request) (any, error) {
		return show(t.desk.Cancel(r.Context(), r.PathValue("uid")))
	}))
	return mux
}

// state is a meeting as the API shows it.
type state struct {
	UID     string       `json:"uid"`
	Summary string       `json:"summary"`
	Start   time.Time    `json:"start"`
	Tally   invite.Tally `json:"tally"`
}

func stateOf(m *invite.Meeting) state {
	return state{m.Event.UID, m.Event.Summary, m.Event.Start, m.Tally()}
}

func show(m *invite.Meeting, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return stateOf(m), nil
}

// as returns a handler that knows its tenant and answers with JSON.
func (all tenants) as(f func(t *tenant, r *http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		t := all.withToken(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
		if t == nil {
			http.Error(w, "no such token", http.StatusUnauthorized)
			return
		}
		answer, err := f(t, r)
		if err != nil {
			status := statusOf(err)
			if status == http.StatusInternalServerError {
				log.Printf("%s: %s: %v", t.Name, r.URL.Path, err)
				err = errors.New("internal error")
			}
			http.Error(w, err.Error(), status)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		json.NewEncoder(w).Encode(answer)
	}
}

func (all tenants) withToken(token string) (found *tenant) {
	for _, t := range all {
		if subtle.ConstantTimeCompare([]byte(t.Token), []byte(token)) == 1 {
			found = t
		}
	}
	return found
}

// badRequest is an error of the request itself.
type badRequest struct{ error }

func statusOf(err error) int {
	switch {
	case errors.As(err, new(badRequest)):
		return http.StatusBadRequest
	case errors.Is(err, desk.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, invite.ErrCancelled), errors.Is(err, desk.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, errGuests), len(ical.FieldErrors(err)) > 0, errors.As(err, new(*invite.LintError)):
		return http.StatusUnprocessableEntity
	}
	return http.StatusInternalServerError
}
