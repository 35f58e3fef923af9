package main

import (
	"context"
	"database/sql"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/trace"

	"github.com/convene-go/convene/invite"
)

// scope is the name of the instruments' library.
const scope = "github.com/convene-go/convene/examples/otel"

// telemetry makes spans and figures of the steps of calls.
type telemetry struct {
	tracer    trace.Tracer
	meter     metric.Meter
	mails     metric.Int64Counter     // by method and state
	answers   metric.Int64Counter     // by verdict and way
	calendars metric.Int64Counter     // by success
	sending   metric.Float64Histogram // the time that the mail server takes for a mail
	waiting   metric.Float64Histogram // the age of a mail when it is handed over
}

func newTelemetry(traces trace.TracerProvider, meters metric.MeterProvider) (*telemetry, error) {
	t := &telemetry{tracer: traces.Tracer(scope), meter: meters.Meter(scope)}
	var failed error
	counter := func(name, text string) metric.Int64Counter {
		c, err := t.meter.Int64Counter(name, metric.WithDescription(text))
		failed = firstOf(failed, err)
		return c
	}
	seconds := func(name, text string, bounds ...float64) metric.Float64Histogram {
		h, err := t.meter.Float64Histogram(name, metric.WithDescription(text), metric.WithUnit("s"), metric.WithExplicitBucketBoundaries(bounds...))
		failed = firstOf(failed, err)
		return h
	}
	t.mails = counter("convene.mails", "results of mails, one for each recipient and try")
	t.answers = counter("convene.answers", "mails and answers that came in")
	t.calendars = counter("convene.calendars", "work at entries in organizers' calendars")
	t.sending = seconds("convene.mail.sending", "time in the sender", .01, .05, .1, .5, 1, 5, 30, 120)
	t.waiting = seconds("convene.mail.waiting", "age of a mail when it is handed over", 1, 5, 30, 60, 300, 900, 3600, 86400)
	return t, failed
}

func firstOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

// observe is Options.Observe. No attribute has an address: not the text of an error either.
func (t *telemetry) observe(ctx context.Context, s invite.Step) {
	method, state := attribute.String("method", string(s.Method)), attribute.String("state", string(s.State))
	switch s.Kind {
	case invite.StepPlanned:
		t.span(ctx, "convene.plan", &s, attribute.Int("mails", s.Mails))
	case invite.StepRendered:
		t.span(ctx, "convene.render", &s, attribute.Int("size", s.Size))
	case invite.StepHandedOver:
		t.waiting.Record(ctx, s.Waited.Seconds(), metric.WithAttributes(method))
	case invite.StepResult:
		t.span(ctx, "convene.send", &s, state, attribute.String("receipt", s.Receipt))
		t.mails.Add(ctx, 1, metric.WithAttributes(method, state))
		if s.Took > 0 { // 0 is a state without a try
			t.sending.Record(ctx, s.Took.Seconds(), metric.WithAttributes(state))
		}
	case invite.StepApplied:
		verdict, via := attribute.String("verdict", string(s.Verdict)), attribute.String("via", s.Via)
		t.span(ctx, "convene.apply", &s, verdict, via, attribute.Bool("held", s.Held))
		t.answers.Add(ctx, 1, metric.WithAttributes(verdict, via, attribute.Bool("held", s.Held)))
	case invite.StepCalendar:
		t.span(ctx, "convene.calendar", &s)
		t.calendars.Add(ctx, 1, metric.WithAttributes(attribute.Bool("ok", s.Err == nil)))
	}
}

// span makes the span of a step that is over. Its parent is the span of the caller.
func (t *telemetry) span(ctx context.Context, name string, s *invite.Step, more ...attribute.KeyValue) {
	if s.N >= 0 {
		more = append(more, attribute.Int("n", s.N))
	}
	_, span := t.tracer.Start(ctx, name, trace.WithTimestamp(s.Time.Add(-s.Took)), trace.WithAttributes(
		attribute.String("uid", s.UID), attribute.String("tag", s.Tag),
		attribute.String("messageId", s.MessageID), attribute.String("method", string(s.Method)),
	), trace.WithAttributes(more...))
	if s.Err != nil {
		span.SetStatus(codes.Error, string(s.State))
	}
	span.End(trace.WithTimestamp(s.Time))
}

// The figures of the queue, read from the tables of the desk whenever the meter is read.
const (
	queueAge   = `SELECT COUNT(*), COALESCE(MIN(since), 0) FROM convene_mails WHERE state = 'pending' AND due <= $1`
	needPerson = `SELECT (SELECT COUNT(*) FROM convene_mails WHERE state = 'unknown'), (SELECT COUNT(*) FROM convene_received WHERE state = 'held')`
)

// watchQueue adds gauges of the desk's queue. Its ages are those of the mails that are due
// and not sent yet.
func (t *telemetry) watchQueue(db *sql.DB, now func() time.Time) error {
	var failed error
	gauge := func(name, text string) metric.Int64ObservableGauge {
		g, err := t.meter.Int64ObservableGauge(name, metric.WithDescription(text))
		failed = firstOf(failed, err)
		return g
	}
	due, age := gauge("convene.queue.due", "mails that are due"), gauge("convene.queue.age", "seconds since the oldest of them was queued")
	unknown, held := gauge("convene.unknown", "mails that may have arrived"), gauge("convene.held", "mails that a person has to decide about")
	_, err := t.meter.RegisterCallback(func(ctx context.Context, o metric.Observer) error {
		at := now()
		var n, since, doubts, decide int64
		err := db.QueryRowContext(ctx, queueAge, at.UnixMilli()).Scan(&n, &since)
		if err == nil {
			err = db.QueryRowContext(ctx, needPerson).Scan(&doubts, &decide)
		}
		if err != nil {
			return err
		}
		o.ObserveInt64(due, n)
		o.ObserveInt64(age, 0)
		if n > 0 {
			o.ObserveInt64(age, int64(at.Sub(time.UnixMilli(since)).Seconds()))
		}
		o.ObserveInt64(unknown, doubts)
		o.ObserveInt64(held, decide)
		return nil
	}, due, age, unknown, held)
	return firstOf(failed, err)
}
