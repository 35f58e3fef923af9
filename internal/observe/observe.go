// Package observe calls the functions by which programs watch the steps of calls.
package observe

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/convene-go/convene/internal/discreet"
)

// Tell calls f with a step. If f panics, the step is lost, and [slog.Default] is told. A
// function that only watches must not decide what becomes of a mail.
func Tell[S any](ctx context.Context, f func(context.Context, S), s S) {
	defer func() {
		if x := recover(); x != nil {
			slog.ErrorContext(ctx, "convene: Options.Observe panicked", "panic", discreet.Text(fmt.Sprint(x)), "stack", string(debug.Stack()))
		}
	}()
	f(ctx, s)
}
