package desk

import (
	"context"
	"errors"

	"github.com/convene-go/convene/internal/discreet"
	"github.com/convene-go/convene/invite"
)

// logMails logs the error of a call that sends mails. The line has no address. unmade says
// that no mail of the call can be made.
func (d *Desk) logMails(ctx context.Context, uid string, err error, unmade bool) {
	switch {
	case err == nil:
		return
	case unmade:
		d.log().ErrorContext(ctx, "desk: mails cannot be made", "uid", uid, "error", discreet.Error(err))
	case isLate(ctx, err):
		d.log().DebugContext(ctx, "desk: the time is too short for the mails", "uid", uid, "error", err)
		return
	case ctx.Err() != nil:
		return
	default: // one line for all mails of the call
		d.log().WarnContext(ctx, "desk: mails are not delivered", append([]any{"uid", uid}, counts(err)...)...)
	}
	d.log().DebugContext(ctx, "desk: why mails are not delivered", "uid", uid, "error", err)
}

// counts returns the numbers of mails in an error by their state, and the first status of a
// server, as arguments of a line of the log.
func counts(err error) []any {
	var failed *invite.DeliveryError
	if !errors.As(err, &failed) || len(failed.Recipients) == 0 {
		return []any{"error", discreet.Error(err)}
	}
	n := make(map[invite.DeliveryState]int)
	status := ""
	for _, r := range failed.Recipients {
		n[r.State]++
		if status == "" && r.Err != nil {
			status = discreet.Code(r.Err.Error())
		}
	}
	var out []any
	for _, s := range []invite.DeliveryState{invite.DeliveryPending, invite.DeliveryRefused, invite.DeliveryUnknown} {
		if n[s] > 0 {
			out = append(out, string(s), n[s])
		}
	}
	return append(out, "status", status)
}
