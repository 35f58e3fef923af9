package riverdesk

import (
	"context"
	"log/slog"

	"github.com/convene-go/convene/internal/discreet"
)

// riverLog returns the logger for River. River tells every few seconds of ordinary work at
// level info. [Options].Logger is told of failures, so such lines become level debug. The
// other lines have no addresses, as those of a desk: River puts the value of a panic into one.
func riverLog(l *slog.Logger) *slog.Logger { return slog.New(quiet{l.Handler()}) }

// quiet is a handler that lowers level info to debug.
type quiet struct{ slog.Handler }

// lower returns the level at which a record of level l is logged.
func lower(l slog.Level) slog.Level {
	if l == slog.LevelInfo {
		return slog.LevelDebug
	}
	return l
}

// Enabled implements [slog.Handler].
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return q.Handler.Enabled(ctx, lower(l))
}

// Handle implements [slog.Handler].
func (q quiet) Handle(ctx context.Context, r slog.Record) error {
	r.Level = lower(r.Level)
	if r.Level > slog.LevelInfo {
		public := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
		r.Attrs(func(a slog.Attr) bool {
			a.Value = a.Value.Resolve()
			if k := a.Value.Kind(); k == slog.KindString || k == slog.KindAny {
				a.Value = slog.StringValue(discreet.Text(a.Value.String()))
			}
			public.AddAttrs(a)
			return true
		})
		r = public
	}
	return q.Handler.Handle(ctx, r)
}

// WithAttrs implements [slog.Handler].
func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

// WithGroup implements [slog.Handler].
func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
