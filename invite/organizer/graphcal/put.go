package graphcal

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// maxCopy is the length of the packed copy of the data, in octets.
const maxCopy = 32_000

// Put stores the entry. It reads the entry first, changes only the fields that differ, and
// reads it again. If the entry has attendees, the error is ErrWouldMail. A new entry must
// have been reserved, otherwise the error is [ErrNotReserved].
func (c *Calendar) Put(ctx context.Context, o organizer.Object) (organizer.Object, error) {
	e, err := shadow.Read(o)
	if err == nil && e.Cancelled {
		err = errors.New("a cancelled meeting is deleted, not stored")
	}
	var want *state
	if err == nil {
		want, err = encode(e)
	}
	if err != nil {
		return organizer.Object{}, fail(opPut, err)
	}
	now, err := c.read(ctx, o)
	if err != nil {
		return organizer.Object{}, err
	}
	switch {
	case o.Tag == "" && now == nil:
		err = ErrNotReserved
	case o.Tag == "" && !now.reserved():
		err = organizer.ErrChanged
	case now == nil:
		err = organizer.ErrGone
	case o.Tag != "" && now.tag() != o.Tag:
		err = organizer.ErrChanged
	case now.wouldMail():
		err = organizer.ErrWouldMail
	}
	if err != nil {
		return organizer.Object{}, fail(opPut, err)
	}
	return c.write(ctx, e, want, now, bytes.Clone(o.Data))
}

// reserved reports whether the entry was only reserved, and nobody has changed it.
func (s *state) reserved() bool {
	kept, ok := s.copy()
	if !ok || kept.Form != shadow.FormReserved {
		return false
	}
	made, err := s.shown(kept.Event)
	now, err2 := decode(s, s.missing())
	return err == nil && err2 == nil && shadow.SameTime(made, now) && shadow.SameRule(made, now) && made.Summary == now.Summary
}

// write stores the series, then its occurrences, and reads the result.
func (c *Calendar) write(ctx context.Context, e ical.Event, want, now *state, data []byte) (organizer.Object, error) {
	made, err := decode(want, cancelled(e))
	if err != nil {
		return organizer.Object{}, fail(opPut, err)
	}
	if err := c.patchSeries(ctx, e, want, now, data); err != nil {
		return organizer.Object{}, err
	}
	at := organizer.Object{UID: e.UID, Href: now.series.ID}
	if now, err = c.reread(ctx, at); err != nil {
		return organizer.Object{}, err
	}
	again, err := c.restore(ctx, made, want, now)
	if again && err == nil {
		now, err = c.reread(ctx, at)
	}
	changed := false
	if err == nil {
		changed, err = c.writeOccurrences(ctx, made, now)
	}
	if changed && err == nil {
		now, err = c.reread(ctx, at)
	}
	if err != nil {
		return organizer.Object{}, err
	}
	if kept, ok := now.copy(); ok && kept.Form == shadow.FormPart {
		if err = c.patch(ctx, now.series, map[string]any{"singleValueExtendedProperties": copied(data, shadow.FormDone)}); err == nil {
			now, err = c.reread(ctx, at)
		}
		if err != nil {
			return organizer.Object{}, err
		}
	}
	return now.object(data)
}

// reread reads an entry that must exist.
func (c *Calendar) reread(ctx context.Context, o organizer.Object) (*state, error) {
	now, err := c.read(ctx, o)
	if err == nil && now == nil {
		err = fail(opPut, organizer.ErrGone)
	}
	return now, err
}

// copied returns the property with the copy of the data. If the copy is too long, it is no
// copy.
func copied(data []byte, form shadow.Form) []property {
	text, ok := shadow.Pack(data, form, maxCopy)
	if !ok {
		text = "-"
	}
	return []property{{propertyData, text}}
}

// form returns how far the entry will be after the series was written.
func (s *state) form(e ical.Event, frame bool) shadow.Form {
	if e.Recurrence == nil {
		return shadow.FormDone
	}
	made, err := s.shown(e)
	shows, err2 := decode(s, s.missing())
	if err != nil || err2 != nil {
		return shadow.FormPart
	}
	some := len(e.Overrides) + len(e.Recurrence.Except) + len(s.exceptions)
	// Another time or rule resets the occurrences.
	if !frame && some > 0 || !shadow.SameOccurrences(made, shows) {
		return shadow.FormPart
	}
	return shadow.FormDone
}

// patchSeries changes the fields of the series that differ.
func (c *Calendar) patchSeries(ctx context.Context, e ical.Event, want, now *state, data []byte) error {
	patch, err := difference(want.series, now.series)
	if err != nil {
		return fail(opPut, err)
	}
	if text := bodyText(e.Description, c.attendees(e)); !now.series.IsOnlineMeeting && text != bodyOf(now.series) {
		patch["body"] = body{"text", text}
	}
	if !sameRule(want.series, now.series) {
		patch["recurrence"] = want.series.Recurrence
	}
	frame := patch["recurrence"] == nil && patch["start"] == nil
	if p := copied(data, now.form(e, frame)); p[0].Value != now.series.property(propertyData) {
		patch["singleValueExtendedProperties"] = p
	}
	return c.patch(ctx, now.series, patch)
}

func bodyOf(x *event) string {
	if x.Body == nil {
		return ""
	}
	return plain(x.Body.Content)
}

// sameRule reports whether two series have the same rule.
func sameRule(a, b *event) bool {
	if a.Recurrence == nil || b.Recurrence == nil {
		return a.Recurrence == b.Recurrence
	}
	x, err := decodeSeries(a)
	y, err2 := decodeSeries(b)
	return err == nil && err2 == nil && shadow.SameRule(x, y)
}

func (c *Calendar) patch(ctx context.Context, x *event, patch map[string]any) error {
	if len(patch) == 0 {
		return nil
	}
	return c.api.Do(ctx, jsonapi.Request{
		Op: opPatch, Method: http.MethodPatch, Path: c.eventPath(x.ID), IfMatch: x.ETag, Body: patch,
	}, nil)
}

// difference returns a patch with the fields of want that x does not show, except body,
// rule and extended properties.
func difference(want, x *event) (map[string]any, error) {
	patch := make(map[string]any)
	made, err := decodeOne(want)
	if err != nil {
		return nil, err
	}
	shows, err := decodeOne(x)
	sameZone := want.Recurrence == nil || made.TimeZone == shows.TimeZone
	if err != nil || !sameZone || !shadow.SameTime(made, shows) {
		patch["start"], patch["end"], patch["isAllDay"] = want.Start, want.End, want.IsAllDay
	}
	if made.Summary != shows.Summary {
		patch["subject"] = want.Subject
	}
	if made.Location != shows.Location {
		patch["location"] = want.Location
	}
	if made.ShowAs != shows.ShowAs {
		patch["showAs"] = want.ShowAs
	}
	if made.Sensitivity != shows.Sensitivity {
		patch["sensitivity"] = want.Sensitivity
	}
	return patch, nil
}

// restore brings back the occurrences that were deleted and take place again. Graph cannot
// do that for one, but a rule that is written anew has all its occurrences. It reports
// whether it has written the rule.
func (c *Calendar) restore(ctx context.Context, made ical.Event, want, now *state) (bool, error) {
	for _, at := range now.missing() {
		if _, ok := made.Occurrence(at); ok {
			return true, c.patch(ctx, now.series, map[string]any{"recurrence": want.series.Recurrence})
		}
	}
	return false, nil
}

// writeOccurrences makes the occurrences in the window equal to made, and reports whether
// it has changed anything.
func (c *Calendar) writeOccurrences(ctx context.Context, made ical.Event, now *state) (bool, error) {
	if made.Recurrence == nil {
		return false, nil
	}
	changed := false
	for _, at := range made.Recurrence.Except {
		x, ok := now.instances[dayOf(at, made)]
		if !ok || !now.window.has(at) {
			continue
		}
		changed = true
		if err := c.remove(ctx, &x); err != nil && !errors.Is(err, organizer.ErrGone) {
			return changed, err
		}
	}
	wanted := make(map[string]bool)
	list := made.Overrides
	for _, o := range list {
		wanted[dayOf(o.RecurrenceID, made)] = true
	}
	for _, at := range made.Recurrence.Except {
		wanted[dayOf(at, made)] = true
	}
	for i := range now.exceptions {
		at, err := originalStart(&now.exceptions[i], made)
		if err == nil && !wanted[dayOf(at, made)] {
			list = append(list, shadow.Plain(&made, at))
		}
	}
	for _, o := range list {
		if !now.window.has(o.RecurrenceID) {
			continue
		}
		did, err := c.writeOccurrence(ctx, o, made, now)
		changed = changed || did
		if err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// writeOccurrence makes one occurrence equal to o. Its text is written only if it differs
// from the text of the series, because the list of attendees stands there.
func (c *Calendar) writeOccurrence(ctx context.Context, o, made ical.Event, now *state) (bool, error) {
	x, ok := now.instances[dayOf(o.RecurrenceID, made)]
	if !ok {
		return false, fail(opPut, errors.New("the calendar has no occurrence on "+o.RecurrenceID.Format(time.DateOnly)))
	}
	full, err := c.event(ctx, x.ID)
	if err != nil {
		return false, err
	}
	if len(full.Attendees) > 0 {
		return false, fail(opPut, organizer.ErrWouldMail)
	}
	zone, name, err := zoneOf(made)
	if err != nil {
		return false, fail(opPut, err)
	}
	patch, err := difference(encodeOne(o, zone, name), full)
	if err != nil {
		return false, fail(opPut, err)
	}
	shows, err := decodeOne(full)
	if err == nil && plain(o.Description) != shows.Description && !full.IsOnlineMeeting {
		patch["body"] = body{"text", plain(o.Description)}
	}
	return len(patch) > 0, c.patch(ctx, full, patch)
}
