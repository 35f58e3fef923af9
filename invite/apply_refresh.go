package invite

import (
	"slices"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
)

// mostRequests limits the requests that an attendee can have sent to themselves by
// METHOD:REFRESH: if they were sent that many within a day, by whatever call, they get
// no more of them. Each is a mail, and a Delivery in the stored meeting.
const mostRequests = 10

// refresh asks for the current request for an attendee who sent METHOD:REFRESH. The
// outcome is an error, because the meeting does not change.
func (x *intake) refresh(who ical.Attendee) error {
	if !slices.Contains(x.invite, who.Email) && x.requests(who.Email) >= mostRequests {
		return refuse(VerdictNotAnAnswer, "%s asks for the current version, and was sent it %d times within a day", who.Email, mostRequests)
	}
	x.invite = []string{who.Email}
	return refuse(VerdictNotAnAnswer, "%s asks for the current version", who.Email)
}

// requests returns the number of times at which requests were sent to an attendee
// within the last day. Mails about several occurrences that were sent together count
// once.
func (x *intake) requests(email string) int {
	key, since := address.Key(email), x.p.Now().Add(-24*time.Hour)
	if n, ok := x.requested[key]; ok {
		return n
	}
	times := make(map[int64]bool)
	for i := range x.m.Deliveries {
		d := &x.m.Deliveries[i]
		if d.Method == ical.MethodRequest && d.Stamp.After(since) && address.HasKey(d.To, key) {
			times[d.Stamp.Unix()] = true
		}
	}
	if x.requested == nil {
		x.requested = make(map[string]int)
	}
	x.requested[key] = len(times)
	return len(times)
}
