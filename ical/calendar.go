package ical

import (
	"strings"
	"time"
)

// Calendar is one iCalendar object: what a method says about one meeting.
type Calendar struct {
	// Method is what the object is for; "" makes it a plain file.
	Method Method `json:"method,omitempty"`
	// ProductID names the program that wrote the object (RFC 5545, section
	// 3.7.3). Empty, it is [DefaultProductID].
	ProductID string `json:"productId,omitempty"`
	// Stamp is DTSTAMP: when this object was written, in whole seconds. Every
	// sending has its own; among equal sequences the later stamp wins (RFC 5546,
	// section 2.1.5). Decode reports the latest where the events differ.
	Stamp time.Time `json:"stamp,omitzero"`
	// Events are the meetings. In a mail they share one UID (RFC 6047, section 2.2).
	Events []Event `json:"events,omitempty"`
	// Skipped are the names of components that Decode passed over because they
	// are neither events nor time zones, as "VTODO". Encode ignores it.
	Skipped []string `json:"skipped,omitempty"`
}

// DefaultProductID is the product identifier of objects that name no other.
const DefaultProductID = "-//convene//convene//EN"

// Method is an iTIP method (RFC 5546, section 1.4), upper case as on the wire.
type Method string

// The methods for events.
const (
	MethodPublish        Method = "PUBLISH"
	MethodRequest        Method = "REQUEST"
	MethodReply          Method = "REPLY"
	MethodAdd            Method = "ADD"
	MethodCancel         Method = "CANCEL"
	MethodRefresh        Method = "REFRESH"
	MethodCounter        Method = "COUNTER"
	MethodDeclineCounter Method = "DECLINECOUNTER"
)

// remind reports whether an object of this method may hold alarms (RFC 5546,
// section 3.2: not in an answer, a cancellation or a refusal).
func (m Method) remind() bool {
	switch m {
	case MethodReply, MethodCancel, MethodRefresh, MethodDeclineCounter:
		return false
	}
	return true
}

// wireName returns an enumeration's value as it stands on the wire: "in-process"
// as IN-PROCESS, or its entry in the table where the wire has another word.
func wireName[T ~string](v T, table map[T]string) string {
	if w, ok := table[v]; ok {
		return w
	}
	return strings.ToUpper(string(v))
}

// fromWire is the inverse of wireName; the default of the RFC comes back as "".
func fromWire[T ~string](wire string, table map[T]string) T {
	for v, w := range table {
		if v != "" && strings.EqualFold(w, wire) {
			if w == table[""] {
				return ""
			}
			return v
		}
	}
	if strings.EqualFold(wire, table[""]) {
		return ""
	}
	return T(strings.ToLower(wire))
}

// The words of the wire where they differ from ours; "" is what is written for
// the zero value.
var (
	wireRoles = map[Role]string{
		"": "REQ-PARTICIPANT", RoleRequired: "REQ-PARTICIPANT", RoleOptional: "OPT-PARTICIPANT",
		RoleInformational: "NON-PARTICIPANT",
	}
	wireKinds    = map[Kind]string{"": "INDIVIDUAL"}
	wireStatuses = map[Status]string{"": "NEEDS-ACTION"}
	wireClasses  = map[Sensitivity]string{"": "PUBLIC"}
	wireShows    = map[ShowAs]string{
		"": "BUSY", ShowOutOfOffice: "OOF", ShowWorkingElsewhere: "WORKINGELSEWHERE",
	}
)
