package ews

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/internal/windowszones"
	"github.com/convene-go/convene/invite/organizer"
)

// item is a CalendarItem of a response (MS-OXWSMTGS, section 2.2.4.6).
type item struct {
	XMLName       xml.Name
	Mime          string      `xml:"MimeContent"`
	ID            idXML       `xml:"ItemId"`
	Created       string      `xml:"DateTimeCreated"`
	Start         string      `xml:"Start"`
	OriginalStart string      `xml:"OriginalStart"`
	StartZone     zoneXML     `xml:"StartTimeZone"`
	Required      []personXML `xml:"RequiredAttendees>Attendee"`
	Optional      []personXML `xml:"OptionalAttendees>Attendee"`
	Resources     []personXML `xml:"Resources>Attendee"`
	Extended      []struct {
		Path struct {
			Name string `xml:"PropertyName,attr"`
		} `xml:"ExtendedFieldURI"`
		Value string `xml:"Value"`
	} `xml:"ExtendedProperty"`
}

// zoneXML is a TimeZoneDefinition.
type zoneXML struct {
	ID string `xml:"Id,attr"`
}

// personXML is an attendee of a response.
type personXML struct {
	Name     string `xml:"Mailbox>Name"`
	Address  string `xml:"Mailbox>EmailAddress"`
	Response string `xml:"ResponseType"`
}

// entry is an entry as it is in the calendar now.
type entry struct {
	id, key string
	event   ical.Event
	stamp   time.Time
	zone    *time.Location // the zone in which Exchange keeps it, nil if it does not say

	unfinished []byte // the Data of a change that was interrupted, nil if there is none
}

// entry returns the meeting of an item. A UID replaces the item's own, which may be
// written in another way.
func (i *item) entry(uid string) (*entry, error) {
	data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(i.Mime), ""))
	if err != nil {
		return nil, fmt.Errorf("MimeContent is not base64")
	}
	c, err := ical.Decode(bytes.NewReader(data), nil)
	if err != nil {
		return nil, fmt.Errorf("MimeContent: %w", err)
	}
	if len(c.Events) != 1 {
		return nil, fmt.Errorf("MimeContent has %d meetings, want one", len(c.Events))
	}
	if i.ID.ID == "" || i.ID.Key == "" {
		return nil, fmt.Errorf("the item has no ItemId with a ChangeKey")
	}
	e := &entry{id: i.ID.ID, key: i.ID.Key, event: c.Events[0], stamp: c.Stamp, zone: i.StartZone.location()}
	e.event.UID = uid
	for n := range e.event.Overrides {
		e.event.Overrides[n].UID = uid
	}
	e.event.Attendees = i.attendees(e.event)
	for _, x := range i.Extended {
		if x.Path.Name == unfinished.name {
			// A change that cannot be read counts as one that did nothing.
			e.unfinished, _ = base64.StdEncoding.DecodeString(strings.TrimSpace(x.Value))
		}
	}
	return e, nil
}

// object returns the entry for the caller.
func (e *entry) object() (organizer.Object, error) {
	data, err := ical.Encode(&ical.Calendar{Stamp: e.stamp, Events: []ical.Event{e.event}})
	if err != nil {
		return organizer.Object{}, err
	}
	return organizer.Object{UID: e.event.UID, Href: e.id, Tag: e.key, Event: e.event, Data: data}, nil
}

// attendees returns the attendees of an item with the answers that Exchange has counted.
//
// QUIRK: the MIME of Exchange 2007 and 2010 may lack attendees and answers. What they say
// beyond EWS, such as a role, stays.
func (i *item) attendees(e ical.Event) []ical.Attendee {
	mime := make(map[string]ical.Attendee)
	for _, a := range e.Attendees {
		mime[address.Key(a.Email)] = a
	}
	var out []ical.Attendee
	add := func(list []personXML, role ical.Role, kind ical.Kind) {
		for _, p := range list {
			key := address.Key(p.Address)
			a, known := mime[key]
			if p.Response == "Organizer" || !strings.Contains(p.Address, "@") || address.Same(p.Address, e.Organizer.Email) && !known {
				continue
			}
			if !known {
				a = ical.Attendee{Name: p.name(), Email: p.Address, Role: role, Kind: kind}
			}
			if s := answers[p.Response]; s != "" {
				a.Status = s
			}
			out = append(out, a)
			delete(mime, key)
		}
	}
	add(i.Required, "", "")
	add(i.Optional, ical.RoleOptional, "")
	add(i.Resources, "", ical.KindResource)
	for _, a := range e.Attendees {
		if _, left := mime[address.Key(a.Email)]; left {
			out = append(out, a)
			delete(mime, address.Key(a.Email))
		}
	}
	return out
}

// name returns the name of a person, and an empty one if it is the address.
func (p personXML) name() string {
	if strings.Contains(p.Name, "@") {
		return ""
	}
	return p.Name
}

// answers are the answers for a ResponseType (MS-OXWSCDATA, ResponseTypeType). The others
// are Unknown, Organizer and NoResponseReceived.
var answers = map[string]ical.Status{
	"Accept":    ical.StatusAccepted,
	"Decline":   ical.StatusDeclined,
	"Tentative": ical.StatusTentative,
}

// location returns the zone, and nil if it is not known.
func (z zoneXML) location() *time.Location {
	name, ok := windowszones.Lookup(z.ID)
	if !ok {
		return nil
	}
	loc, err := ical.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}
