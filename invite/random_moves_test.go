package invite_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite"
)

// TestMoves moves series with exceptions, overrides, cancelled occurrences and answers
// to single ones to other hours, weekdays and dates. The caller changes nothing but
// the time and the rule. After each move every calendar shows what a description of
// the course, which knows nothing of original starts, says of it.
func TestMoves(t *testing.T) {
	modes := []struct {
		name   string
		minor  bool // a move asks nobody anew
		fails  bool // mails fail
		change func(*world)
	}{
		{"asks anew", false, false, func(*world) {}},
		{"answers stay", true, false, func(*world) {}},
		{"hidden guests", false, false, func(w *world) { w.send = append(w.send, invite.HideGuests()) }},
		{"whole series", false, false, func(w *world) { w.options.WholeSeries = everybodyReplaces }},
		{"whole series, answers stay", true, false, func(w *world) { w.options.WholeSeries = everybodyReplaces }},
		{"whole series, mails fail", false, true, func(w *world) { w.blind, w.options.WholeSeries = true, everybodyReplaces }},
		{"mails fail", false, true, func(w *world) { w.blind = true }},
	}
	for i, mode := range modes {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			eachChain(t, 13, func(t *testing.T, n int) {
				w := newWorld(t, 100+i, n)
				w.update = []invite.MailOption{invite.AllowLint(moveRules...)}
				w.send = []invite.SendOption{w.update[0]}
				mode.change(w)
				if mode.minor {
					w.options.Levels = invite.Levels{"start": invite.LevelMinor, "end": invite.LevelMinor, "allDay": invite.LevelMinor,
						"timeZone": invite.LevelMinor, "recurrence": invite.LevelMinor}
				}
				m := &mover{walker: &walker{world: w, calm: !mode.fails, had: make(map[string]bool), states: make(map[int]invite.DeliveryState)},
					minor: mode.minor, said: make(map[statement]ical.Status)}
				m.play(3)
			})
		})
	}
}

// moveRules are the lint rules that a generated course may break.
var moveRules = append([]string{"recurrence-include"}, everyRule...)

// mover is a world in which a course moves.
type mover struct {
	*walker
	course *course
	minor  bool
	said   map[statement]ical.Status
}

// statement is what an attendee said of a lesson, or of the course if it is -1.
type statement struct {
	key    string
	lesson int
}

func (w *mover) play(moves int) {
	g, ctx := &generator{rng: w.rng}, context.Background()
	c := invite.New(invite.SenderFunc(w.deliver), w.options)
	w.course = g.course()
	event := w.course.event()
	w.steps.Call("Send: %s", difference(&ical.Event{}, &event))
	m, err := c.Send(ctx, event, w.send...)
	m = w.called(m, err)
	for range moves {
		w.now++
		m = w.answer(g, m)
		next, text := g.moved(w.course)
		after := event.Clone()
		if g.chance(2) {
			after = m.Event.Clone()
		}
		next.put(&after)
		w.steps.Call("move: %s: %s", text, difference(&m.Event, &after))
		moved, err := c.Update(ctx, m, after, w.update...)
		if lost := w.lost(next); lost {
			if moved != m || !strings.HasSuffix(fieldOf(err), ".RecurrenceID") {
				w.t.Fatalf("Update = %v, want an error about the override that has no place", err)
			}
			continue
		}
		m = w.called(moved, err)
		w.rename(next)
		w.course, event = next, next.event()
		if w.calm {
			w.check(&event, m)
		}
		if w.t.Failed() {
			return
		}
	}
	w.now++
	w.calm = true
	w.steps.Call("Resume, ResendUnknown; no mail fails from now on")
	m, err = c.Resume(ctx, m, invite.ResendUnknown())
	m = w.called(m, err)
	w.check(&event, m)
}

// lost reports whether a lesson with something of its own is left out by a move.
func (w *mover) lost(next *course) bool {
	n := w.dropped(next)
	return n > 0 && slices.ContainsFunc(w.course.lessons[:n], func(l lesson) bool { return !l.empty() })
}

// dropped returns the number of lessons that a move leaves out.
func (w *mover) dropped(next *course) int { return next.skipped - w.course.skipped }

// rename gives what the clients and the attendees know of lessons their new numbers.
func (w *mover) rename(next *course) {
	n := w.dropped(next)
	answers := make(map[statement]ical.Status)
	for s, status := range w.said {
		if s.lesson >= n {
			s.lesson -= n
			answers[s] = status
		} else if s.lesson < 0 {
			answers[s] = status
		}
	}
	w.said = answers
	for key, c := range w.calendars {
		own := make(map[int64]bool)
		for s := range w.said {
			if s.key == key && s.lesson >= 0 {
				own[next.start(s.lesson).Unix()] = true
			}
		}
		c.own = own
	}
}

// answer lets some attendees answer for the course or for a lesson.
func (w *mover) answer(g *generator, m *invite.Meeting) *invite.Meeting {
	if !w.calm {
		return m
	}
	for range g.rng.IntN(5) {
		email := pick(g, append(slices.Clone(everybody), guest)...)
		key := address.Key(email)
		c := w.calendars[key]
		if c == nil {
			continue
		}
		seen := c.sees(email, false)
		lesson := g.rng.IntN(len(w.course.lessons)+1) - 1
		a := invite.Answer{Email: email, Via: "test", Stamp: w.clock(), Status: pick(g, ical.StatusAccepted, ical.StatusDeclined, ical.StatusTentative)}
		if lesson >= 0 {
			a.RecurrenceID = w.course.start(lesson)
			if _, ok := seen[a.RecurrenceID.Unix()]; !ok {
				continue
			}
		} else if c.whole == nil || w.minor && w.answeredLesson(key) {
			continue // an update repeats a lesson's answer only if it differs from the answer to the course
		}
		w.steps.Call("%s answers: %s%s", email, a.Status, onDate(a.RecurrenceID))
		next, outcome := m.Answer(a)
		if outcome.Verdict != invite.VerdictApplied && outcome.Verdict != invite.VerdictDuplicate {
			w.t.Fatalf("Answer(%+v) = %+v, want applied or duplicate", a, outcome)
		}
		m = next
		c.answer(email, a.RecurrenceID, a.Status)
		w.said[statement{key, lesson}] = a.Status
		w.now++
	}
	return m
}

// answeredLesson reports whether an attendee answered a lesson alone.
func (w *mover) answeredLesson(key string) bool {
	for s := range w.said {
		if s.key == key && s.lesson >= 0 {
			return true
		}
	}
	return false
}

// check compares the calendars with the course. If moves ask nobody anew, the answers
// have to be those that the attendees gave.
func (w *mover) check(event *ical.Event, m *invite.Meeting) {
	w.compare(event, m)
	if !w.minor {
		return
	}
	for n, l := range w.course.lessons {
		for _, email := range append(slices.Clone(everybody), guest) {
			key := address.Key(email)
			list := w.course.attendees
			if l.attendees != nil {
				list = l.attendees
			}
			if l.cancelled || l.excepted || !slices.ContainsFunc(list, func(a ical.Attendee) bool { return address.Same(a.Email, email) }) {
				continue
			}
			want, ok := w.said[statement{key, n}]
			if !ok {
				want, ok = w.said[statement{key, -1}]
			}
			if !ok {
				want = ical.StatusNeedsAction
			}
			if got := m.OccurrenceStatus(email, w.course.start(n)); got != want {
				w.t.Errorf("%s in lesson %d on %v = %s, want %s", email, n, w.course.start(n).Format(time.DateOnly), got, want)
			}
		}
	}
}
