package ical

import (
	"net/url"
	"slices"
	"strings"
)

// Besides CONFERENCE (RFC 7986, section 5.11), some clients show a join button for a
// property of their own. From documentation and from the files of Google and Exchange;
// the buttons were not seen in Google Calendar and Outlook themselves.
const (
	googleConference = "X-GOOGLE-CONFERENCE"
	teamsConference  = "X-MICROSOFT-SKYPETEAMSMEETINGURL"
)

// noForwardName is the property that stands for [Event.NoForward]. Extra may have it
// instead, because events that were stored before the field existed do.
const noForwardName = "X-MICROSOFT-DONOTFORWARDMEETING"

// conferenceProperties are these properties, in the order in which they count if an
// object has no CONFERENCE.
var conferenceProperties = []string{googleConference, teamsConference}

// conferenceHosts are the hosts whose meetings have a property of their own.
var conferenceHosts = map[string]string{
	"meet.google.com":          googleConference,
	"teams.microsoft.com":      teamsConference,
	"teams.live.com":           teamsConference,
	"teams.microsoft.us":       teamsConference,
	"gov.teams.microsoft.us":   teamsConference,
	"dod.teams.microsoft.us":   teamsConference,
	"teams.microsoftonline.cn": teamsConference,
}

// conferenceProperty returns the name of the property that shows a join button for a
// link; "" if there is none. A link with characters that TEXT escapes has none, because
// the two programs read the value as it is.
func conferenceProperty(link string) string {
	if link == "" || strings.ContainsAny(link, ",;\\\r\n") {
		return ""
	}
	u, err := url.Parse(link)
	if err != nil || !strings.EqualFold(u.Scheme, "https") || strings.Trim(u.Path, "/") == "" {
		return ""
	}
	return conferenceHosts[strings.ToLower(u.Host)]
}

// hasExtra reports whether Extra has a property.
func (e *Event) hasExtra(name string) bool {
	return slices.ContainsFunc(e.Extra, func(p Property) bool { return p.Name == name })
}

// finishConference takes Conference from a property of Google or Teams if there is no
// CONFERENCE. Such a property stays in Extra unless [Encode] writes it anyway.
func (x *eventReader) finishConference() {
	e := &x.event
	for _, name := range conferenceProperties {
		for _, p := range e.Extra {
			if p.Name == name && e.Conference == "" && strings.HasPrefix(p.Value, "https://") && checkURI(p.Value) == nil {
				e.Conference = p.Value
			}
		}
	}
	own := conferenceProperty(e.Conference)
	if own == "" {
		return
	}
	n := 0
	for _, p := range e.Extra {
		if p.Name == own {
			n++
		}
	}
	e.Extra = slices.DeleteFunc(e.Extra, func(p Property) bool {
		return n == 1 && p.Name == own && p.Value == e.Conference && len(p.Params) == 0
	})
	if len(e.Extra) == 0 {
		e.Extra = nil
	}
}
