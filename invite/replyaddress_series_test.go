package invite_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestReplyAddressOfSeries answers on the last day of a token, and on the day after. The
// Lifetime is ten days. The token lives until the end of the day after that, in UTC.
func TestReplyAddressOfSeries(t *testing.T) {
	first := time.Date(2027, 3, 2, 9, 0, 0, 0, time.UTC)
	day := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	weekly := func(r ical.Recurrence) func(*ical.Event) {
		return func(e *ical.Event) { r.Freq, e.Recurrence = ical.FreqWeekly, &r }
	}
	tests := []struct {
		name   string
		series func(*ical.Event)
		then   func(*ical.Event) // an update, if set
		last   time.Time         // the day of the last end; zero for an endless token
	}{
		{"four years", weekly(ical.Recurrence{Count: 209}), nil, first.AddDate(0, 0, 208*7)},
		{"until", weekly(ical.Recurrence{Until: first.AddDate(0, 0, 21*7+1)}), nil, first.AddDate(0, 0, 21*7)},
		{"an added date", func(e *ical.Event) {
			weekly(ical.Recurrence{Count: 2, Include: []time.Time{first.AddDate(3, 0, 0)}})(e)
		}, nil, first.AddDate(3, 0, 0)},
		{"an occurrence moved after the end", func(e *ical.Event) {
			weekly(ical.Recurrence{Count: 2})(e)
			e.Overrides = []ical.Event{{RecurrenceID: first.AddDate(0, 0, 7), Start: first.AddDate(0, 0, 50), End: first.AddDate(0, 0, 50).Add(time.Hour)}}
		}, nil, first.AddDate(0, 0, 50)},
		{"all-day", func(e *ical.Event) {
			weekly(ical.Recurrence{Count: 3})(e)
			e.AllDay, e.TimeZone, e.Start, e.End = true, "", day(2027, 3, 2), day(2027, 3, 3)
		}, nil, day(2027, 3, 17)},
		{"endless", weekly(ical.Recurrence{}), nil, time.Time{}},
		{"endless, then ended", weekly(ical.Recurrence{}), weekly(ical.Recurrence{Count: 4}), first.AddDate(0, 0, 21)},
		{"moved later than the token's day", nil, func(e *ical.Event) { e.Start, e.End = e.Start.AddDate(2, 0, 0), e.End.AddDate(2, 0, 0) }, first.AddDate(2, 0, 0)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			short := func(o *invite.Options) { tokens(o); o.ReplyAddress.Lifetime = 240 * time.Hour }
			e := trio()
			e.Start, e.End, e.TimeZone = first, first.Add(time.Hour), "UTC"
			if tt.series != nil {
				tt.series(&e)
			}
			c := invite.New(nowhere, fixed(short))
			m := mustSend(t, c, e, invite.AllowLint("recurrence-include"))
			given := m.ReplyAddresses["ann@example.test"]
			if tt.then != nil {
				e = m.Event
				tt.then(&e)
				m = must(t)(c.Update(context.Background(), m, e, invite.AllowLint("recurrence-include")))
			}
			check(t, "address", given, m.ReplyAddresses["ann@example.test"])
			mail := "From: ann@example.test\nTo: " + given + "\nContent-Type: text/calendar\n\n" + objectOf(map[string]string{
				"method": "REPLY", "uid": m.Event.UID, "seq": "1", "at": "10:00", "as": "ann@example.test", "part": "ACCEPTED"})
			expired := func(now time.Time) bool {
				_, o := m.Apply(readMail(t, []byte(mail)), &invite.Policy{ReplyAddress: fixed(short).ReplyAddress, Now: func() time.Time { return now }})
				return strings.Contains(o.Reason, "expired")
			}
			if tt.last.IsZero() {
				if expired(day(2120, 1, 1)) {
					t.Error("the token of an endless series has expired in 2120")
				}
				return
			}
			over := tt.last.Truncate(24*time.Hour).AddDate(0, 0, 12)
			if expired(over.Add(-time.Second)) || !expired(over) {
				t.Errorf("expired on the last day: %v, on the day after: %v, want false and true", expired(over.Add(-time.Second)), expired(over))
			}
		})
	}
}

// TestReplyAddressKeyRemoved updates a four-year series in its third year. The address
// stays as long as its key is there.
func TestReplyAddressKeyRemoved(t *testing.T) {
	e := trio()
	e.Recurrence = &ical.Recurrence{Freq: ical.FreqWeekly, Count: 209}
	m := mustSend(t, invite.New(nowhere, fixed(tokens)), e)
	for _, tt := range []struct {
		name  string
		keys  func(old []byte) [][]byte
		stays bool
	}{
		{"rotated", func(old []byte) [][]byte { return [][]byte{[]byte("another secret of 32 octets 1234"), old} }, true},
		{"removed", func([]byte) [][]byte { return [][]byte{[]byte("another secret of 32 octets 1234")} }, false},
	} {
		o := fixed(tokens)
		o.ReplyAddress.Keys = tt.keys(o.ReplyAddress.Keys[0])
		o.Now = func() time.Time { return pinned().AddDate(2, 6, 0) }
		e := m.Event
		e.Location = "Elsewhere"
		got := must(t)(invite.New(nowhere, o).Update(context.Background(), m, e))
		if stays := got.ReplyAddresses["ann@example.test"] == m.ReplyAddresses["ann@example.test"]; stays != tt.stays {
			t.Errorf("%s: the address stays: %v, want %v", tt.name, stays, tt.stays)
		}
	}
}
