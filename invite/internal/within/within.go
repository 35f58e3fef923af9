// Package within tells package desk that the option invite.Within has ended a call. The
// clocks of the two may differ, so desk cannot tell by itself.
package within

import "context"

type key struct{}

// Watch returns a context for a call, and whether the call has told Ended.
func Watch(ctx context.Context) (watched context.Context, ended *bool) {
	ended = new(bool)
	return context.WithValue(ctx, key{}, ended), ended
}

// Ended notes that there was no time for some mails of the call with ctx.
func Ended(ctx context.Context) {
	if ended, ok := ctx.Value(key{}).(*bool); ok {
		*ended = true
	}
}
