package ical

import "time"

// Calendar is one iCalendar object: a method and the meeting that it is about.
type Calendar struct {
	// Method is the purpose of the object; "" makes it a plain file.
	Method Method `json:"method,omitempty"`
	// ProductID names the program that wrote the object (RFC 5545, section
	// 3.7.3). If it is empty, [DefaultProductID] is written.
	ProductID string `json:"productId,omitempty"`
	// Stamp is DTSTAMP, the time at which this object was written, in whole
	// seconds. Every sending has its own. Among equal sequences the later stamp
	// wins (RFC 5546, section 2.1.5). Decode reports the latest stamp if the
	// events differ.
	Stamp time.Time `json:"stamp,omitzero"`
	// Events are the meetings. In a mail they share one UID (RFC 6047, section 2.2).
	Events []Event `json:"events,omitempty"`
	// ExactZones makes Encode write all rules of the zone of a series, unless a
	// shorter form has the zone's own rules and is right for every occurrence.
	// Outlook refuses an object with all rules as a whole. Without ExactZones,
	// Encode writes a pair that is right for the next three years, if there is one,
	// and [Calendar.Lint] names the first occurrence that it gets wrong. Decode
	// leaves it false.
	ExactZones bool `json:"exactZones,omitempty"`
	// Skipped lists in words what Decode passed over, for people and logs: a
	// component that is neither an event nor a time zone ("VTODO with UID …"), a
	// line or value that it cannot read, the second of two properties that
	// contradict each other, a broken object. It has at most 100 entries and a last
	// one that says that there were more. An override with RANGE=THISANDFUTURE is
	// listed too, because it is read as a change of one occurrence alone. Encode
	// ignores the list.
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

// isAnswer reports whether an attendee answers by this method. An answer may have
// comments of the attendee.
func (m Method) isAnswer() bool { return m == MethodReply || m == MethodCounter }

// allowsAlarms reports whether an object of this method may hold alarms. An
// answer, a cancellation and a refusal may not (RFC 5546, section 3.2).
func (m Method) allowsAlarms() bool {
	switch m {
	case MethodReply, MethodCancel, MethodRefresh, MethodDeclineCounter:
		return false
	}
	return true
}
