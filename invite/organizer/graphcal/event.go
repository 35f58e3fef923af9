package graphcal

import "strings"

// event is the event resource, with the fields that this package uses.
type event struct {
	ID                    string      `json:"id,omitempty"`
	ETag                  string      `json:"@odata.etag,omitempty"`
	ICalUID               string      `json:"iCalUId,omitempty"`
	Type                  string      `json:"type,omitempty"`
	TransactionID         string      `json:"transactionId,omitempty"`
	Subject               string      `json:"subject"`
	Body                  *body       `json:"body,omitempty"`
	Start                 *moment     `json:"start,omitempty"`
	End                   *moment     `json:"end,omitempty"`
	Location              *location   `json:"location,omitempty"`
	IsAllDay              bool        `json:"isAllDay"`
	IsCancelled           bool        `json:"isCancelled,omitempty"`
	IsOnlineMeeting       bool        `json:"isOnlineMeeting,omitempty"`
	ShowAs                string      `json:"showAs,omitempty"`
	Sensitivity           string      `json:"sensitivity,omitempty"`
	Recurrence            *recurrence `json:"recurrence,omitempty"`
	Attendees             []attendee  `json:"attendees,omitempty"`
	Organizer             *recipient  `json:"organizer,omitempty"`
	OriginalStart         string      `json:"originalStart,omitempty"`
	OriginalStartTimeZone string      `json:"originalStartTimeZone,omitempty"`
	LastModified          string      `json:"lastModifiedDateTime,omitempty"`
	Extended              []property  `json:"singleValueExtendedProperties,omitempty"`
}

// The values of event.Type that this package decides on.
const (
	typeSeries    = "seriesMaster"
	typeException = "exception"
)

type body struct {
	ContentType string `json:"contentType"`
	Content     string `json:"content"`
}

type moment struct {
	DateTime string `json:"dateTime"`
	TimeZone string `json:"timeZone"`
}

type location struct {
	DisplayName string `json:"displayName"`
}

type recipient struct {
	EmailAddress address `json:"emailAddress"`
}

type address struct {
	Name    string `json:"name,omitempty"`
	Address string `json:"address,omitempty"`
}

type attendee struct {
	Type         string  `json:"type,omitempty"`
	EmailAddress address `json:"emailAddress"`
	Status       struct {
		Response string `json:"response,omitempty"`
	} `json:"status"`
}

type recurrence struct {
	Pattern pattern    `json:"pattern"`
	Range   dateBounds `json:"range"`
}

type pattern struct {
	Type           string   `json:"type"`
	Interval       int      `json:"interval"`
	DaysOfWeek     []string `json:"daysOfWeek,omitempty"`
	FirstDayOfWeek string   `json:"firstDayOfWeek,omitempty"`
	DayOfMonth     int      `json:"dayOfMonth,omitempty"`
	Month          int      `json:"month,omitempty"`
	Index          string   `json:"index,omitempty"`
}

type dateBounds struct {
	Type                string `json:"type"`
	StartDate           string `json:"startDate"`
	EndDate             string `json:"endDate,omitempty"`
	RecurrenceTimeZone  string `json:"recurrenceTimeZone,omitempty"`
	NumberOfOccurrences int    `json:"numberOfOccurrences,omitempty"`
}

type property struct {
	ID    string `json:"id"`
	Value string `json:"value"`
}

// The extended properties of this package.
const (
	propertyData = "String {6f1a3c52-83c4-4f0e-9b1d-0c5e7b2a9d41} Name convene-data"
	propertyKey  = "String {6f1a3c52-83c4-4f0e-9b1d-0c5e7b2a9d41} Name convene-key"
)

// property returns the value of an extended property, or "".
func (x *event) property(id string) string {
	for _, p := range x.Extended {
		if strings.EqualFold(p.ID, id) {
			return p.Value
		}
	}
	return ""
}

// page is the reply to a list.
type page struct {
	Value []event `json:"value"`
	Next  string  `json:"@odata.nextLink"`
}
