// Otel is a program that shows the steps of a desk as spans and figures of OpenTelemetry. It
// sends nothing over a network, and prints what an exporter would get.
package main

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	_ "modernc.org/sqlite"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/invitetest"
)

func main() {
	dir, err := os.MkdirTemp("", "otel")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	spans, figures, err := run(context.Background(), filepath.Join(dir, "meetings.db"))
	if err != nil {
		log.Fatal(err)
	}
	printSpans(os.Stdout, spans)
	printFigures(os.Stdout, figures)
}

// run books a meeting of three guests, one of whom has no mailbox. Another one accepts. It
// returns the spans and the figures.
func run(ctx context.Context, file string) (tracetest.SpanStubs, *metricdata.ResourceMetrics, error) {
	// A service has an exporter of OTLP in the place of these two.
	exporter, reader := tracetest.NewInMemoryExporter(), metric.NewManualReader()
	traces := trace.NewTracerProvider(trace.WithSyncer(exporter))
	meters := metric.NewMeterProvider(metric.WithReader(reader))
	t, err := newTelemetry(traces, meters)
	if err != nil {
		return nil, nil, err
	}
	db, err := sql.Open("sqlite", desk.SQLiteDSN(file))
	if err != nil {
		return nil, nil, err
	}
	defer db.Close()
	mails := new(invitetest.Recorder) // a service has a sender of smtpsend
	mails.Fail("cy@example.com", invitetest.FailureRefused)
	d, err := desk.Open(ctx, db, invite.New(mails, nil), &desk.Options{
		Observe: t.observe,
		Policy:  &invite.Policy{InsecureAnyFrom: true}, // a service has a signed ReplyAddress
	})
	if err == nil {
		err = t.watchQueue(db, time.Now)
	}
	if err == nil {
		err = book(ctx, t, d, mails)
	}
	if err != nil {
		return nil, nil, err
	}
	figures := new(metricdata.ResourceMetrics)
	if err := reader.Collect(ctx, figures); err != nil {
		return nil, nil, err
	}
	return exporter.GetSpans(), figures, nil
}

// book is a request to a service, with a span of its own, and what follows from it.
func book(ctx context.Context, t *telemetry, d *desk.Desk, mails *invitetest.Recorder) error {
	start := time.Now().AddDate(0, 0, 7).Truncate(time.Hour)
	request, span := t.tracer.Start(ctx, "POST /bookings")
	m, err := d.Send(request, ical.Event{
		Summary: "Review", Start: start, End: start.Add(time.Hour), TimeZone: "UTC",
		Organizer: ical.Person{Email: "desk@example.com"},
		Attendees: []ical.Attendee{{Email: "ann@example.com"}, {Email: "bob@example.com"}, {Email: "cy@example.com"}},
	}, invite.Tag("blue"))
	span.End()
	if err != nil {
		return err
	}
	// A service calls d.Run. One piece of its work is enough here, with a span around it.
	work, span := t.tracer.Start(ctx, "work")
	err = d.Work(work, desk.Job{Kind: desk.JobMail, UID: m.Event.UID})
	span.End()
	if err != nil {
		return err
	}
	inboxCtx, span := t.tracer.Start(ctx, "inbox")
	defer span.End()
	_, err = d.Receive(inboxCtx, &inbox.Mail{Data: mails.Reply("ann@example.com", ical.StatusAccepted, invitetest.ClientGmail)})
	return err
}

// printSpans prints a line for each span, below its parent.
func printSpans(w io.Writer, spans tracetest.SpanStubs) {
	slices.SortStableFunc(spans, func(a, b tracetest.SpanStub) int { return a.StartTime.Compare(b.StartTime) })
	for _, parent := range spans {
		if parent.Parent.IsValid() {
			continue
		}
		fmt.Fprintln(w, parent.Name)
		for _, s := range spans {
			if s.Parent.SpanID() == parent.SpanContext.SpanID() {
				fmt.Fprintf(w, "  %-15s %s\n", s.Name, words(s.Attributes))
			}
		}
	}
}

// printFigures prints a line for each figure.
func printFigures(w io.Writer, m *metricdata.ResourceMetrics) {
	for _, f := range figuresOf(m) {
		fmt.Fprintln(w, f)
	}
}

// figuresOf returns the figures in words. Of a histogram it is the number of values.
func figuresOf(m *metricdata.ResourceMetrics) (out []string) {
	for _, scope := range m.ScopeMetrics {
		for _, f := range scope.Metrics {
			add := func(set attribute.Set, n any) {
				out = append(out, strings.Join(strings.Fields(fmt.Sprint(f.Name, " ", words(set.ToSlice()), " ", n)), " "))
			}
			switch data := f.Data.(type) {
			case metricdata.Sum[int64]:
				for _, p := range data.DataPoints {
					add(p.Attributes, p.Value)
				}
			case metricdata.Gauge[int64]:
				for _, p := range data.DataPoints {
					add(p.Attributes, p.Value)
				}
			case metricdata.Histogram[float64]:
				for _, p := range data.DataPoints {
					add(p.Attributes, p.Count)
				}
			}
		}
	}
	slices.Sort(out)
	return out
}

// words returns attributes in words, except those that differ in each run.
func words(list []attribute.KeyValue) string {
	var out []string
	for _, a := range list {
		if v := a.Value.String(); v != "" && a.Key != "uid" && a.Key != "messageId" {
			out = append(out, string(a.Key)+"="+v)
		}
	}
	return strings.Join(out, " ")
}
