package graphcal

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// created is the body of a request that makes an event.
type created struct {
	Subject       string      `json:"subject"`
	Body          *body       `json:"body"`
	Start         *moment     `json:"start"`
	End           *moment     `json:"end"`
	Location      *location   `json:"location"`
	IsAllDay      bool        `json:"isAllDay"`
	ShowAs        string      `json:"showAs"`
	Sensitivity   string      `json:"sensitivity"`
	Recurrence    *recurrence `json:"recurrence,omitempty"`
	TransactionID string      `json:"transactionId"`
	Extended      []property  `json:"singleValueExtendedProperties"`
}

// Reserve makes an entry without attendees, and a series without changed occurrences, and
// returns its UID. The same key gives the same
// entry, as long as the entry exists: the key lies in an extended property, for which
// Reserve searches first, and in transactionId, by which Graph drops a repeated request.
func (c *Calendar) Reserve(ctx context.Context, key string, e ical.Event) (string, error) {
	if err := checkKey(key); err != nil {
		return "", fail(opReserve, err)
	}
	e = e.Clone()
	// The copy has a UID only because it must have one.
	e.UID, e.Attendees, e.Overrides = key, nil, nil
	if e.Recurrence != nil {
		e.Recurrence.Except = nil
	}
	want, err := encode(e)
	if err != nil {
		return "", fail(opReserve, err)
	}
	filter := "singleValueExtendedProperties/Any(ep: ep/id eq " + quoted(propertyKey) + " and ep/value eq " + quoted(key) + ")"
	if id, uid, err := c.find(ctx, filter, ""); err != nil || id != "" {
		return uid, err
	}
	x, err := c.create(ctx, key, e, want)
	if errors.Is(err, organizer.ErrChanged) {
		// The request was a repetition.
		id, uid, found := c.find(ctx, filter, "")
		if found != nil || id != "" {
			return uid, found
		}
		return "", fail(opReserve, errors.New("the request was dropped as a repetition, but there is no such event"))
	}
	if err == nil && x.ICalUID == "" {
		err = fail(opReserve, errors.New("the reply has no UID"))
	}
	return x.ICalUID, err
}

func (c *Calendar) create(ctx context.Context, key string, e ical.Event, want *state) (event, error) {
	data, err := shadow.Data(e)
	if err != nil {
		return event{}, fail(opReserve, err)
	}
	extended := []property{{propertyKey, key}}
	if text, ok := shadow.Pack(data, shadow.FormReserved, maxCopy); ok {
		extended = append(extended, property{propertyData, text})
	}
	s := want.series
	var x event
	err = c.api.Do(ctx, jsonapi.Request{Op: opCreate, Method: http.MethodPost, Path: c.calendar + "/events", Body: created{
		Subject: s.Subject, Body: s.Body, Start: s.Start, End: s.End, Location: s.Location, IsAllDay: s.IsAllDay,
		ShowAs: s.ShowAs, Sensitivity: s.Sensitivity, Recurrence: s.Recurrence,
		TransactionID: "convene-" + key, Extended: extended,
	}}, &x)
	return x, err
}

// checkKey checks a key of at most 64 letters, digits and hyphens.
func checkKey(key string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-"
	if key == "" || len(key) > 64 || strings.Trim(key, allowed) != "" {
		return errors.New("the key must have 1 to 64 letters, digits and hyphens")
	}
	return nil
}
