package invite

import (
	"context"
	"fmt"

	"github.com/convene-go/convene/invite/internal/plan"
)

// part is the share of a call that is about one meeting. Only
// [Client.UpdateFollowing] has two.
type part struct {
	plan     *plan.Plan
	from     *Meeting // the meeting as it was; the zero value if it is new
	meeting  *Meeting // the meeting as it will be
	letters  []letter
	renderer *renderer
	noFiles  bool // the files of the call go with the other part alone
	again    bool // the mails were made by earlier calls, and each is sent for itself
}

// prepare makes the meeting as it will be, and its mails.
func (x *part) prepare(ctx context.Context, o *settings) error {
	x.meeting = x.from.after(x.plan, o)
	list := recipientsOf(x.plan.Notices)
	if err := x.meeting.assignReplyAddresses(list, o); err != nil {
		return err
	}
	x.letters = letters(list, o.oneMail && !o.hideGuests)
	if err := x.meeting.enter(x.letters, x.plan, o, x.noFiles); err != nil {
		return err
	}
	o.tellPlanned(ctx, x)
	return x.render(ctx, o)
}

// mostKept limits the octets of finished mails that wait in memory for their
// turn. Further mails are checked, and built when they are sent.
const mostKept = 4 << 20

// render builds or checks all mails, so that nothing is sent if one of them
// cannot be built.
func (x *part) render(ctx context.Context, o *settings) error {
	err := x.renderAll(ctx, o)
	if err != nil && x.dropLinks() {
		return x.renderAll(ctx, o)
	}
	return err
}

// renderAll is render for the letters as they are.
func (x *part) renderAll(ctx context.Context, o *settings) error {
	x.renderer = newRenderer(x.meeting, x.plan, o)
	x.renderer.onlyMail = len(x.letters) == 1
	for _, l := range x.letters {
		try := x.renderer.keep
		if x.renderer.size >= mostKept {
			try = x.renderer.check
		}
		err := try(ctx, l)
		if x.again && isFileFailure(err) {
			continue // the mail stays pending when its turn comes
		}
		if err != nil {
			return fmt.Errorf("invite: mail to %s: %w", l.addresses(), err)
		}
	}
	return nil
}
