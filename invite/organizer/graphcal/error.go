package graphcal

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
)

// Error is the error of every method. It has the HTTP status and Graph's code, such as
// "ErrorItemNotFound", and RetryAfter returns the pause to make before another try.
// errors.Is finds the errors of package organizer and [ErrNotReserved].
type Error = jsonapi.Error

// ErrNotReserved reports a new entry with a UID that Graph has not made.
var ErrNotReserved = errors.New("the UID of an entry is made by Graph: call Reserve, and send the meeting with the UID that it returns")

// pause is the pause if the server is busy and does not name one.
const pause = 10 * time.Second

// The names of the requests in errors.
const (
	opFind      = "find"
	opGet       = "get"
	opCreate    = "create"
	opPatch     = "patch"
	opDelete    = "delete"
	opInstances = "instances"
	opPut       = "put"
	opReserve   = "reserve"
)

func fail(op string, err error) error { return &Error{Service: "graphcal", Op: op, Err: err} }

// noMailbox are the codes that say that the mailbox or the calendar does not exist.
var noMailbox = []string{
	"ErrorInvalidUser", "MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "Request_ResourceNotFound",
	"ResourceNotFound", "ErrorNonExistentMailbox", "ErrorMailboxNotFound", "ErrorFolderNotFound", "ErrorCalendarFolderIsInvalidForCalendarView",
}

// busy are the codes of a service that has too much to do.
var busy = []string{
	"ApplicationThrottled", "TooManyRequests", "ErrorServerBusy", "ErrorTooManyObjectsOpened", "MailboxConcurrency",
	"ErrorMailboxStoreUnavailable", "ErrorTimeoutExpired",
}

// explain reads the body of an error: {"error": {"code": …, "message": …}}.
func explain(e *Error, body []byte) {
	var reply struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	if json.Unmarshal(body, &reply) == nil {
		e.Code, e.Message = reply.Error.Code, reply.Error.Message
	}
	isBusy := e.Status == http.StatusTooManyRequests || e.Status >= 500 || slices.Contains(busy, e.Code)
	if isBusy {
		if e.Wait == 0 {
			e.Wait = pause
		}
		return
	}
	e.Err = meaning(e)
}

// meaning returns the error that a program decides on. It is nil if the request itself is
// wrong.
func meaning(e *Error) error {
	switch e.Status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return organizer.ErrDenied
	case http.StatusNotFound, http.StatusGone:
		// A list and a new event belong to the calendar, all else to an event.
		if e.Op == opFind || e.Op == opCreate || slices.Contains(noMailbox, e.Code) {
			return organizer.ErrNoCalendar
		}
		return organizer.ErrGone
	case http.StatusConflict, http.StatusPreconditionFailed:
		return organizer.ErrChanged
	}
	if e.Code == "ErrorIrresolvableConflict" {
		return organizer.ErrChanged
	}
	return nil
}
