package ical

// Attendee is an invited person, room, resource or group.
type Attendee struct {
	// Name is the text that people read, in any script. If it is empty, clients
	// show the address.
	Name string `json:"name,omitempty"`
	// Email is the bare address, without "mailto:". Case does not matter in
	// comparisons.
	Email string `json:"email,omitempty"`
	// Role says whether the attendee is needed; "" means
	// [RoleRequired].
	Role Role `json:"role,omitempty"`
	// Kind says whether the attendee is a person, a room, a resource or a group;
	// "" means [KindIndividual].
	Kind Kind `json:"kind,omitempty"`
	// NoReply asks for no answer. The zero value asks for one, because without
	// RSVP=TRUE Exchange hides the buttons.
	NoReply bool `json:"noReply,omitempty"`
	// Status is the answer that counts now; "" means that there is none yet.
	Status Status `json:"status,omitempty"`
	// DelegatedTo is the address of the person who comes instead, and
	// DelegatedFrom the address of the person who sent this attendee (RFC 5545,
	// sections 3.2.4 and 3.2.5).
	DelegatedTo   string `json:"delegatedTo,omitempty"`
	DelegatedFrom string `json:"delegatedFrom,omitempty"`
	// SentBy is the address of the person who answers for the attendee (RFC
	// 5545, section 3.2.18).
	SentBy string `json:"sentBy,omitempty"`
	// Language and TimeZone are the reader's own (a BCP 47 tag, an IANA name).
	// They steer the text of the mail and are not part of the calendar object.
	Language string `json:"language,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
	// Comment is the text that the attendee wrote with the answer.
	Comment string `json:"comment,omitempty"`
	// Params are parameters that no field stands for, by upper-case name.
	Params map[string][]string `json:"params,omitempty"`
}

// Role says whether an attendee is needed. Values that are not listed here are
// kept, but see [Event.Validate].
type Role string

// The values of [Role] (RFC 5545, section 3.2.16).
const (
	RoleRequired      Role = "required"
	RoleOptional      Role = "optional"
	RoleInformational Role = "informational"
	RoleChair         Role = "chair"
)

// Kind is the type of an attendee. Values that are not listed here are kept, but
// see [Event.Validate].
type Kind string

// The values of [Kind] (RFC 5545, section 3.2.3).
const (
	KindIndividual Kind = "individual"
	KindGroup      Kind = "group"
	KindRoom       Kind = "room"
	KindResource   Kind = "resource"
)

// Status is an attendee's answer. Values that are not listed here are kept, but
// see [Event.Validate].
type Status string

// The values of [Status] (RFC 5545, section 3.2.12).
const (
	StatusNeedsAction Status = "needs-action"
	StatusAccepted    Status = "accepted"
	StatusDeclined    Status = "declined"
	StatusTentative   Status = "tentative"
	StatusDelegated   Status = "delegated"
)
