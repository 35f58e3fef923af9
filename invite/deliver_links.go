package invite

import (
	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/plan"
)

// dropLinks leaves out of all mails the links that [ical.Event.Validate] refuses, and
// reports whether there was one. Mails repeat what the meeting has, and a version of
// this library that did not refuse such links may have stored it. They must not keep
// anybody from cancelling.
func (x *part) dropLinks() bool {
	s := safeEvents{contents: make(map[*plan.Content]*plan.Content), events: make(map[*ical.Event]*ical.Event)}
	for _, l := range x.letters {
		for i := range l {
			n := *l[i].Notice
			n.Content = s.content(n.Content)
			l[i].Notice = &n
		}
	}
	return s.dropped
}

// safeEvents makes contents without unsafe links, one for each content that several
// recipients share.
type safeEvents struct {
	contents map[*plan.Content]*plan.Content
	events   map[*ical.Event]*ical.Event
	dropped  bool
}

func (s *safeEvents) content(c *plan.Content) *plan.Content {
	if out := s.contents[c]; out != nil {
		return out
	}
	out := *c
	out.Event, out.Before = s.event(c.Event), s.event(c.Before)
	if c.Object != nil {
		out.Object = &plan.Object{Events: make([]*ical.Event, len(c.Object.Events))}
		for i, e := range c.Object.Events {
			out.Object.Events[i] = s.event(e)
		}
	}
	s.contents[c] = &out
	return &out
}

// event returns e itself if it has no unsafe link.
func (s *safeEvents) event(e *ical.Event) *ical.Event {
	if e == nil || s.events[e] != nil {
		return s.events[e]
	}
	out := e
	if safe, links := e.WithoutUnsafeLinks(); len(links) > 0 {
		out, s.dropped = &safe, true
	}
	s.events[e] = out
	return out
}

// withoutStoredLinks returns e without the links that [ical.Event.Validate] refuses if
// the meeting of the call has all of them already. So a change of something else is
// possible. New links of that kind stay, so that an error names them.
func (s *settings) withoutStoredLinks(e *ical.Event) *ical.Event {
	safe, links := e.WithoutUnsafeLinks()
	_, known := s.stored.WithoutUnsafeLinks()
	has := make(map[string]bool, len(known))
	for _, link := range known {
		has[link] = true
	}
	for _, link := range links {
		if !has[link] {
			return e
		}
	}
	return &safe
}
