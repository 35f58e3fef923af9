package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// source names the files from which the page is made. They are read for each
// request, so that the page is always up to date.
type source struct {
	event, before, templates, logo string
	brand                          body.Brand
}

// state is the content of the files at one time.
type state struct {
	event, before *ical.Event
	renderer      *body.Renderer
}

// templateError is an error in a template, which the user mends while the page is
// open.
type templateError struct{ error }

// load reads the files.
func (s *source) load() (*state, error) {
	out := new(state)
	var err error
	if out.event, err = readEvent(s.event); err != nil {
		return nil, err
	}
	if s.before == "" {
		out.before = earlier(out.event)
	} else if out.before, err = readEvent(s.before); err != nil {
		return nil, err
	}
	o := &body.Options{Brand: s.brand}
	if s.logo != "" {
		if o.Brand.Logo.Data, err = os.ReadFile(s.logo); err != nil {
			return nil, err
		}
	}
	if s.templates != "" {
		o.Templates = os.DirFS(s.templates)
	}
	if out.renderer, err = body.New(o); err != nil {
		return nil, &templateError{err}
	}
	return out, nil
}

func readEvent(path string) (*ical.Event, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	e := new(ical.Event)
	if err := json.Unmarshal(data, e); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if e.UID == "" {
		e.UID = "preview@example.com"
	}
	return e, nil
}

// earlier makes up the event before an update: a day earlier, in another place,
// and without the last attendee.
func earlier(e *ical.Event) *ical.Event {
	b := *e
	b.Start = e.Start.Add(-24 * time.Hour)
	if !e.End.IsZero() {
		b.End = e.End.Add(-24 * time.Hour)
	}
	b.Location = "Room 1"
	if n := len(e.Attendees); n > 1 {
		b.Attendees = e.Attendees[:n-1]
	}
	return &b
}

// version returns a string that changes if one of the files changes.
func (s *source) version() string {
	h := fnv.New64a()
	for _, path := range []string{s.event, s.before, s.logo} {
		if info, err := os.Stat(path); err == nil {
			fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
		}
	}
	if s.templates != "" {
		filepath.WalkDir(s.templates, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return nil // a folder that has gone changes the version too
			}
			if info, err := d.Info(); err == nil {
				fmt.Fprintln(h, path, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return fmt.Sprintf("%x", h.Sum64())
}
