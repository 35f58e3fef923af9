package rsvp

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/convene-go/convene/invite"
)

// Reasons for which a request is refused, in addition to the errors of package invite.
var (
	errInvalid = errors.New("rsvp: the link is not valid")
	errPath    = fmt.Errorf("%w: the path of the request is neither the path of Links.Base nor the end of it", errInvalid)
	errExpired = errors.New("rsvp: the link has expired")
	errMethod  = errors.New("rsvp: the method is not allowed")
	errForged  = errors.New("rsvp: the form has no valid token")
	errUsed    = errors.New("rsvp: the form is out of date")
	errOrigin  = errors.New("rsvp: the form was sent by another site")
	errType    = errors.New("rsvp: the request is no form")
	errSize    = errors.New("rsvp: the form is too large")
	errChoice  = errors.New("rsvp: the answer is missing")
	errDate    = errors.New("rsvp: the series does not have this date, or the date is over")
	errTime    = errors.New("rsvp: the time is not valid")
	errStart   = errors.New("rsvp: the start does not lie in the future")
	errEnd     = errors.New("rsvp: the end is before the start, or too late")
	errSame    = errors.New("rsvp: the meeting has this time already")
	errOften   = errors.New("rsvp: the attendee has sent too many forms")
	errComment = errors.New("rsvp: the comment is too long")
)

// refusals have the status of the response and the key of the text for each reason. A
// reason that is not among them is an error of the Store.
var refusals = []struct {
	err    error
	status int
	key    string
}{
	{errInvalid, http.StatusNotFound, "invalid"},
	{errExpired, http.StatusGone, "expired"},
	{invite.ErrNoMeeting, http.StatusGone, "expired"},
	{invite.ErrNotInvited, http.StatusForbidden, "uninvited"},
	{errMethod, http.StatusMethodNotAllowed, "invalid"},
	{errForged, http.StatusForbidden, "form"},
	{errOrigin, http.StatusForbidden, "form"},
	{errType, http.StatusUnsupportedMediaType, "form"},
	{errUsed, http.StatusConflict, "form"},
	{invite.ErrCancelled, http.StatusConflict, "form"},
	{invite.ErrPast, http.StatusConflict, "form"},
	{errOften, http.StatusTooManyRequests, "broken.text"},
	{errSize, http.StatusRequestEntityTooLarge, "comment.long"},
	{errComment, http.StatusUnprocessableEntity, "comment.long"},
	{errChoice, http.StatusUnprocessableEntity, "answer.missing"},
	{errDate, http.StatusUnprocessableEntity, "date.gone"},
	{errTime, http.StatusUnprocessableEntity, "time.invalid"},
	{errStart, http.StatusUnprocessableEntity, "start.past"},
	{errSame, http.StatusUnprocessableEntity, "time.same"},
	{errEnd, http.StatusUnprocessableEntity, "end.invalid"},
}

// explain returns the status and the key of the text for a reason.
func explain(err error) (status int, key string) {
	for _, r := range refusals {
		if errors.Is(err, r.err) {
			return r.status, r.key
		}
	}
	return http.StatusServiceUnavailable, "broken"
}

// reasonOf returns the reason for a verdict that changes nothing; nil if the meeting has
// the answer or the proposal.
func reasonOf(page string, v invite.Verdict) error {
	switch v {
	case invite.VerdictApplied, invite.VerdictDuplicate:
		return nil
	case invite.VerdictUnknownAttendee:
		return invite.ErrNotInvited
	case invite.VerdictUnknownEvent:
		return errDate
	case invite.VerdictNotAnAnswer:
		if page == pagePropose {
			return errTime
		}
	}
	return errUsed
}
