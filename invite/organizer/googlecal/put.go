package googlecal

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/internal/jsonapi"
	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// Put stores the entry. It reads the entry first, changes only the fields that differ, and
// reads it again. The sequence of the entry never falls, because Google refuses that.
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
	now, err := c.read(ctx, e.UID)
	if err != nil {
		return organizer.Object{}, err
	}
	switch {
	case o.Tag == "" && now.series != nil:
		err = organizer.ErrChanged
	case o.Tag != "" && now.series == nil:
		err = organizer.ErrGone
	case o.Tag != "" && now.tag() != o.Tag:
		err = organizer.ErrChanged
	}
	if err != nil {
		return organizer.Object{}, fail(opPut, err)
	}
	return c.write(ctx, want, now, bytes.Clone(o.Data))
}

// write stores the series, then its occurrences, and reads the result.
func (c *Calendar) write(ctx context.Context, want, now *state, data []byte) (organizer.Object, error) {
	made, err := decode(want)
	if err != nil {
		return organizer.Object{}, fail(opPut, err)
	}
	form := now.form(made)
	if now.series == nil {
		err = c.create(ctx, want, now, data, form)
	} else {
		err = c.patchSeries(ctx, want, made, now, data, form)
	}
	if err != nil {
		return organizer.Object{}, err
	}
	uid := want.series.ICalUID
	if now, err = c.reread(ctx, uid); err != nil {
		return organizer.Object{}, err
	}
	changed, err := c.occurrences(ctx, made, now)
	if err != nil {
		return organizer.Object{}, err
	}
	if changed {
		if now, err = c.reread(ctx, uid); err != nil {
			return organizer.Object{}, err
		}
	}
	if kept, ok := now.copy(); ok && kept.Form == shadow.FormPart {
		more := map[string]any{"private": now.changedChunks(data, shadow.FormDone)}
		if err = c.patch(ctx, now.series, map[string]any{"extendedProperties": more}); err == nil {
			now, err = c.reread(ctx, uid)
		}
		if err != nil {
			return organizer.Object{}, err
		}
	}
	return now.object(data)
}

// reread reads an entry that must exist.
func (c *Calendar) reread(ctx context.Context, uid string) (*state, error) {
	now, err := c.read(ctx, uid)
	if err == nil && now.series == nil {
		err = fail(opPut, organizer.ErrGone)
	}
	return now, err
}

// form returns how far the entry will be after the series was written.
func (s *state) form(made ical.Event) shadow.Form {
	if made.Recurrence == nil && len(s.exceptions) == 0 {
		return shadow.FormDone
	}
	if s.series == nil {
		if len(made.Overrides) > 0 {
			return shadow.FormPart
		}
		return shadow.FormDone
	}
	shows, err := decode(s)
	if err != nil {
		return shadow.FormPart
	}
	// Another time or rule may reset the occurrences.
	frame := shadow.SameTime(made, shows) && shadow.SameRule(made, shows)
	if !frame && len(made.Overrides)+len(s.exceptions) > 0 || !shadow.SameOccurrences(made, shows) {
		return shadow.FormPart
	}
	return shadow.FormDone
}

// create imports the series. An import with a UID that the calendar has already changes
// that entry, so a call whose reply was lost makes no second one.
func (c *Calendar) create(ctx context.Context, want, now *state, data []byte, form shadow.Form) error {
	x := *want.series
	x.Sequence = max(x.Sequence, now.deleted)
	if private := chunks(data, form); private != nil {
		x.Extended = &extended{Private: private}
	}
	return c.api.Do(ctx, jsonapi.Request{Op: opImport, Method: http.MethodPost, Path: c.path + "/import", Body: x}, nil)
}

// patchSeries changes the fields of the series that differ.
func (c *Calendar) patchSeries(ctx context.Context, want *state, made ical.Event, now *state, data []byte, form shadow.Form) error {
	patch, err := difference(want.series, now.series)
	if err != nil {
		return fail(opPut, err)
	}
	// A rule that cannot be read is replaced.
	if shows, err := decode(now); err != nil || !shadow.SameRule(made, shows) {
		patch["recurrence"] = append([]string{}, want.series.Recurrence...)
	}
	if more := now.changedChunks(data, form); len(more) > 0 {
		patch["extendedProperties"] = map[string]any{"private": more}
	}
	if want.series.Sequence > now.series.Sequence {
		patch["sequence"] = want.series.Sequence
	}
	return c.patch(ctx, now.series, patch)
}

func (c *Calendar) patch(ctx context.Context, x *event, patch map[string]any) error {
	if len(patch) == 0 {
		return nil
	}
	return c.api.Do(ctx, jsonapi.Request{
		Op: opPatch, Method: http.MethodPatch, Path: c.eventPath(x.ID), IfMatch: x.ETag, Query: silent(), Body: patch,
	}, nil)
}

// occurrences makes single occurrences equal to made, and reports whether it has changed
// anything.
func (c *Calendar) occurrences(ctx context.Context, made ical.Event, now *state) (bool, error) {
	changed := false
	for _, o := range made.Overrides {
		x, err := c.instance(ctx, now, made, o.RecurrenceID)
		if err != nil {
			return changed, err
		}
		did, err := c.occurrence(ctx, o, x, made)
		changed = changed || did
		if err != nil {
			return changed, err
		}
	}
	for i := range now.exceptions {
		x := &now.exceptions[i]
		id, _, err := x.OriginalStart.read(made.TimeZone)
		if err != nil || hasOverride(made, id) {
			continue
		}
		did, err := c.withoutOverride(ctx, made, x, id)
		changed = changed || did
		if err != nil {
			return changed, err
		}
	}
	return changed, nil
}

func hasOverride(e ical.Event, id time.Time) bool {
	for _, o := range e.Overrides {
		if o.RecurrenceID.Equal(id) {
			return true
		}
	}
	return false
}

// withoutOverride makes a changed occurrence like its series, or cancels it if the series
// has it no more.
func (c *Calendar) withoutOverride(ctx context.Context, made ical.Event, x *event, id time.Time) (bool, error) {
	if made.Recurrence != nil {
		if _, ok := made.Occurrence(id); ok {
			return c.occurrence(ctx, shadow.Plain(&made, id), x, made)
		}
	}
	if x.Status == statusCancelled {
		return false, nil
	}
	return true, c.patch(ctx, x, map[string]any{"status": statusCancelled})
}

// occurrence makes one occurrence equal to o.
func (c *Calendar) occurrence(ctx context.Context, o ical.Event, x *event, made ical.Event) (bool, error) {
	zone, name, err := zoneOf(made)
	if err != nil {
		return false, fail(opPut, err)
	}
	patch := make(map[string]any)
	if x.Status == statusCancelled {
		// A cancelled occurrence may have no other fields.
		patch["status"] = statusConfirmed
		x = &event{ID: x.ID, ETag: x.ETag, Start: x.OriginalStart, End: x.OriginalStart}
	}
	more, err := difference(encodeOne(o, zone, name), x)
	if err != nil {
		return false, fail(opPut, err)
	}
	for k, v := range more {
		patch[k] = v
	}
	return len(patch) > 0, c.patch(ctx, x, patch)
}

// instance returns the occurrence with an original start.
func (c *Calendar) instance(ctx context.Context, now *state, made ical.Event, id time.Time) (*event, error) {
	for i := range now.exceptions {
		if at, _, err := now.exceptions[i].OriginalStart.read(made.TimeZone); err == nil && at.Equal(id) {
			return &now.exceptions[i], nil
		}
	}
	start := id.Format(time.RFC3339)
	if made.AllDay {
		start = id.Format(time.DateOnly)
	}
	list, err := c.pages(ctx, jsonapi.Request{
		Op: opInstances, Method: http.MethodGet, Path: c.eventPath(now.series.ID) + "/instances",
		Query: url.Values{"originalStart": {start}, "showDeleted": {"true"}},
	})
	if err != nil {
		return nil, err
	}
	for i := range list {
		if at, _, err := list[i].OriginalStart.read(made.TimeZone); err == nil && at.Equal(id) {
			return &list[i], nil
		}
	}
	return nil, fail(opInstances, errors.New("the series has no occurrence at "+start))
}
