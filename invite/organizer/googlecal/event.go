package googlecal

// event is the Events resource, with the fields that this package uses.
type event struct {
	ID               string     `json:"id,omitempty"`
	ETag             string     `json:"etag,omitempty"`
	Status           string     `json:"status,omitempty"`
	ICalUID          string     `json:"iCalUID,omitempty"`
	Summary          string     `json:"summary,omitempty"`
	Description      string     `json:"description,omitempty"`
	Location         string     `json:"location,omitempty"`
	Organizer        *person    `json:"organizer,omitempty"`
	Start            *moment    `json:"start,omitempty"`
	End              *moment    `json:"end,omitempty"`
	Recurrence       []string   `json:"recurrence,omitempty"`
	RecurringEventID string     `json:"recurringEventId,omitempty"`
	OriginalStart    *moment    `json:"originalStartTime,omitempty"`
	Transparency     string     `json:"transparency,omitempty"`
	Visibility       string     `json:"visibility,omitempty"`
	Sequence         int        `json:"sequence,omitempty"`
	Attendees        []attendee `json:"attendees,omitempty"`
	Updated          string     `json:"updated,omitempty"`
	Extended         *extended  `json:"extendedProperties,omitempty"`
}

// The values of event.Status.
const (
	statusConfirmed = "confirmed"
	statusCancelled = "cancelled"
)

type person struct {
	Email       string `json:"email,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
}

type moment struct {
	Date     string `json:"date,omitempty"`
	DateTime string `json:"dateTime,omitempty"`
	TimeZone string `json:"timeZone,omitempty"`
}

type attendee struct {
	ID               string `json:"id,omitempty"`
	Email            string `json:"email,omitempty"`
	DisplayName      string `json:"displayName,omitempty"`
	Organizer        bool   `json:"organizer,omitempty"`
	Optional         bool   `json:"optional,omitempty"`
	Resource         bool   `json:"resource,omitempty"`
	ResponseStatus   string `json:"responseStatus,omitempty"`
	Comment          string `json:"comment,omitempty"`
	AdditionalGuests int    `json:"additionalGuests,omitempty"`
}

type extended struct {
	Private map[string]string `json:"private,omitempty"`
}

// page is the reply of events.list and events.instances.
type page struct {
	Items         []event `json:"items"`
	NextPageToken string  `json:"nextPageToken"`
}

// state is a meeting as it lies in the calendar.
type state struct {
	series     *event  // the single event or the series, nil if there is none
	exceptions []event // the changed and cancelled occurrences of the series
	deleted    int     // the sequence of an entry that was deleted
}
