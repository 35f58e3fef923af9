package invite_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// spoil changes everything that v points to. Every other value that shares memory with
// v is changed too.
func spoil(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem())
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			if v.CanSet() {
				v.Set(reflect.ValueOf(time.Unix(1, 0)))
			}
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				spoil(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			spoil(v.Index(i))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			spoil(v.MapIndex(key))
			v.SetMapIndex(key, reflect.Zero(v.Type().Elem()))
		}
	case reflect.String:
		if v.CanSet() {
			v.SetString("spoilt")
		}
	case reflect.Int, reflect.Int64:
		if v.CanSet() {
			v.SetInt(77)
		}
	case reflect.Bool:
		if v.CanSet() {
			v.SetBool(!v.Bool())
		}
	}
}

// purityCalls are the calls that are given a meeting or an event, and their results.
var purityCalls = []struct {
	name string
	call func(ctx context.Context, c *invite.Client, o *invite.Options, m *invite.Meeting, after ical.Event) ([]any, error)
}{
	{"PlanSend", func(_ context.Context, _ *invite.Client, o *invite.Options, _ *invite.Meeting, after ical.Event) ([]any, error) {
		p, err := invite.New(nil, o).PlanSend(after)
		return []any{p}, err
	}},
	{"PlanUpdate", func(_ context.Context, _ *invite.Client, o *invite.Options, m *invite.Meeting, after ical.Event) ([]any, error) {
		p, err := invite.New(nil, o).PlanUpdate(m, after)
		return []any{p}, err
	}},
	{"PlanCancel", func(_ context.Context, _ *invite.Client, o *invite.Options, m *invite.Meeting, _ ical.Event) ([]any, error) {
		all, err := invite.New(nil, o).PlanCancel(m)
		one, errOne := invite.New(nil, o).PlanCancel(m, invite.Occurrence(m.Event.Overrides[0].RecurrenceID))
		from, errFrom := invite.New(nil, o).PlanCancel(m, invite.OccurrenceAndLater(m.Event.Overrides[0].RecurrenceID))
		return []any{all, one, from}, firstError(err, errOne, errFrom)
	}},
	{"PlanUpdateFollowing", func(_ context.Context, _ *invite.Client, o *invite.Options, m *invite.Meeting, after ical.Event) ([]any, error) {
		p, err := invite.New(nil, o).PlanUpdateFollowing(m, m.Event.Overrides[0].RecurrenceID, after)
		return []any{p}, err
	}},
	{"Send", func(ctx context.Context, c *invite.Client, _ *invite.Options, _ *invite.Meeting, after ical.Event) ([]any, error) {
		out, err := c.Send(ctx, after)
		return []any{out}, err
	}},
	{"Update", func(ctx context.Context, c *invite.Client, _ *invite.Options, m *invite.Meeting, after ical.Event) ([]any, error) {
		out, err := c.Update(ctx, m, after)
		return []any{out}, err
	}},
	{"UpdateFollowing", func(ctx context.Context, c *invite.Client, _ *invite.Options, m *invite.Meeting, after ical.Event) ([]any, error) {
		old, rest, err := c.UpdateFollowing(ctx, m, m.Event.Overrides[0].RecurrenceID, after)
		return []any{old, rest}, err
	}},
	{"Cancel", func(ctx context.Context, c *invite.Client, _ *invite.Options, m *invite.Meeting, _ ical.Event) ([]any, error) {
		out, err := c.Cancel(ctx, m, invite.Comment("over"))
		return []any{out}, err
	}},
	{"Resume", func(ctx context.Context, c *invite.Client, _ *invite.Options, m *invite.Meeting, _ ical.Event) ([]any, error) {
		out, err := c.Resume(ctx, m, invite.ResendUnknown())
		return []any{out}, err
	}},
	{"Remind", func(ctx context.Context, c *invite.Client, _ *invite.Options, m *invite.Meeting, _ ical.Event) ([]any, error) {
		out, err := c.Remind(ctx, m, invite.OnlyTo("bob@example.test"))
		return []any{out}, err
	}},
}

// changedFull is full after an update.
func changedFull() ical.Event {
	e := full()
	e.Location, e.Extra[0].Params["X-FLOOR"] = "Room 2", []string{"3"}
	e.Attendees = append(e.Attendees[:1:1], ical.Attendee{Email: "new@example.test", Params: map[string][]string{"X-NUM": {"1"}}})
	return e
}

// TestNothingGivenIsChanged makes every call that takes a meeting. After the call, and
// again after all results are spoilt, the arguments are the same as before: calls
// change none of their arguments, and results share no memory with them.
func TestNothingGivenIsChanged(t *testing.T) {
	for _, tt := range purityCalls {
		for _, hide := range []bool{false, true} {
			t.Run(tt.name, func(t *testing.T) {
				o := fixed(func(o *invite.Options) { o.Levels = invite.Levels{"summary": invite.LevelMajor} })
				client := invite.New(nowhere, o)
				m, want := eventful(t, hide), eventful(t, hide)
				after := changedFull()
				out, err := tt.call(t.Context(), client, o, m, after)
				if err != nil {
					t.Fatal(err)
				}
				compare := func(when string) {
					if diff := cmp.Diff(want, m); diff != "" {
						t.Errorf("the meeting %s (-want +got):\n%s", when, diff)
					}
					if diff := cmp.Diff(changedFull(), after); diff != "" {
						t.Errorf("the event %s (-want +got):\n%s", when, diff)
					}
					if diff := cmp.Diff(invite.Levels{"summary": invite.LevelMajor}, o.Levels); diff != "" {
						t.Errorf("the options %s (-want +got):\n%s", when, diff)
					}
				}
				compare("after the call")
				for _, v := range out {
					spoil(reflect.ValueOf(v))
				}
				compare("after its result was spoilt")
			})
		}
	}
}

// eventful returns a Meeting with a value in every field.
func eventful(t *testing.T, hide bool) *invite.Meeting {
	t.Helper()
	s := &recorder{fail: failures(errPlain, doubt)}
	c := invite.New(s, fixed())
	var opts []invite.SendOption
	if hide {
		opts = append(opts, invite.HideGuests())
	}
	m := mustSend(t, c, full(), opts...)
	s.mails, s.fail = nil, failures(errPlain, errPlain)
	e := full()
	e.Start, e.End = e.Start.Add(time.Minute), e.End.Add(time.Minute)
	e.Recurrence.Except[0] = e.Recurrence.Except[0].Add(time.Minute)
	e.Overrides[0].RecurrenceID = e.Overrides[0].RecurrenceID.Add(time.Minute)
	m, err := c.Update(context.Background(), m, e)
	if m == nil {
		t.Fatal(err)
	}
	m.Event.Start, m.Event.End, m.Event.Recurrence, m.Event.Overrides = full().Start, full().End, full().Recurrence, full().Overrides
	m.Revisions = []invite.Revision{{RecurrenceID: pinned(), Sequence: 1}}
	m.Answers = []invite.Answer{{Email: "bob@example.test", Status: ical.StatusAccepted}}
	m.Proposals = []invite.Proposal{{Email: "bob@example.test", Start: pinned()}}
	return m
}
