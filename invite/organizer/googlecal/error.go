package googlecal

import (
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
)

// Error is the error of every method. It has the HTTP status and Google's reason, such as
// "rateLimitExceeded", and RetryAfter returns the pause to make before another try.
// errors.Is finds the errors of package organizer and [ErrNotParticipant].
type Error = jsonapi.Error

// ErrNotParticipant reports that the owner of the calendar is neither the organizer nor
// an attendee of the meeting. Google refuses to import such an entry.
var ErrNotParticipant = errors.New("the owner of the calendar must be the organizer or an attendee")

// The pauses if the server does not name one. Google asks for exponential back-off, which
// is the caller's; these are the first pauses of it.
const (
	ratePause  = 5 * time.Second
	quotaPause = 10 * time.Minute
)

// explain reads the body of an error: {"error": {"errors": [{"reason": …}], "message": …}}.
func explain(e *Error, body []byte) {
	var reply struct {
		Error struct {
			Errors []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
			Status  string `json:"status"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &reply) == nil {
		e.Code, e.Message = reply.Error.Status, reply.Error.Message
		if len(reply.Error.Errors) > 0 {
			e.Code = reply.Error.Errors[0].Reason
		}
	}
	e.Err = meaning(e)
	if e.Err != nil || e.Wait > 0 {
		return
	}
	switch {
	case e.Code == "quotaExceeded" || e.Code == "dailyLimitExceeded":
		e.Wait = quotaPause
	case e.Status == http.StatusForbidden || e.Status == http.StatusTooManyRequests || e.Status >= 500:
		e.Wait = ratePause
	}
}

// meaning returns the error that a program decides on. It is nil if the request may work
// later, and if the request itself is wrong.
func meaning(e *Error) error {
	switch e.Status {
	case http.StatusUnauthorized:
		return organizer.ErrDenied
	case http.StatusForbidden:
		if isLimit(e.Code) {
			return nil
		}
		return organizer.ErrDenied
	case http.StatusNotFound:
		// The list of events and the import belong to the calendar, all else to an event.
		if e.Op == opList || e.Op == opImport {
			return organizer.ErrNoCalendar
		}
		return organizer.ErrGone
	case http.StatusGone:
		return organizer.ErrGone
	case http.StatusConflict, http.StatusPreconditionFailed:
		return organizer.ErrChanged
	case http.StatusBadRequest:
		if e.Code == "participantIsNeitherOrganizerNorAttendee" {
			return ErrNotParticipant
		}
	}
	return nil
}

// isLimit reports whether a reason of status 403 says that there were too many requests.
func isLimit(reason string) bool {
	switch reason {
	case "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "dailyLimitExceeded", "concurrentLimitExceeded", "RESOURCE_EXHAUSTED":
		return true
	}
	return false
}
