package invite

import (
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
}

// prepare makes the meeting as it will be, and its mails.
func (x *part) prepare(o *settings) error {
	x.meeting = x.from.after(x.plan, o)
	list := recipientsOf(x.plan.Notices)
	if err := x.meeting.assignReplyAddresses(list, o); err != nil {
		return err
	}
	x.letters = letters(list, o.oneMail && !o.hideGuests)
	if err := x.meeting.enter(x.letters, x.plan, o); err != nil {
		return err
	}
	return x.render(o)
}

// mostKept limits the octets of finished mails that wait in memory for their
// turn. Further mails are checked, and built when they are sent.
const mostKept = 4 << 20

// render builds or checks all mails, so that nothing is sent if one of them
// cannot be built.
func (x *part) render(o *settings) error {
	err := x.renderAll(o)
	if err != nil && x.dropLinks() {
		return x.renderAll(o)
	}
	return err
}

// renderAll is render for the letters as they are.
func (x *part) renderAll(o *settings) error {
	x.renderer = newRenderer(x.meeting, x.plan, o)
	x.renderer.onlyMail = len(x.letters) == 1
	for _, l := range x.letters {
		try := x.renderer.keep
		if x.renderer.size >= mostKept {
			try = x.renderer.check
		}
		if err := try(l); err != nil {
			return fmt.Errorf("invite: mail to %s: %w", l.addresses(), err)
		}
	}
	return nil
}
