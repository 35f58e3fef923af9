package ical

import "time"

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

// allowsAlarms reports whether an object of this method may hold alarms (RFC 5546,
// section 3.2: not in an answer, a cancellation or a refusal).
func (m Method) allowsAlarms() bool {
	switch m {
	case MethodReply, MethodCancel, MethodRefresh, MethodDeclineCounter:
		return false
	}
	return true
}
