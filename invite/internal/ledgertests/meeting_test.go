package ledgertests_test

import (
	"context"
	"time"

	"github.com/convene-go/convene/invite"
)

// calls are the calls that send mails about a meeting.
func calls(m *invite.Meeting, opts ...invite.MailOption) map[string]func(c *invite.Client) (*invite.Meeting, error) {
	ctx := context.Background()
	var cancels []invite.CancelOption
	var reminds []invite.RemindOption
	for _, o := range opts {
		cancels, reminds = append(cancels, o), append(reminds, o)
	}
	return map[string]func(c *invite.Client) (*invite.Meeting, error){
		"Update": func(c *invite.Client) (*invite.Meeting, error) { return c.Update(ctx, m, at(m.Event, "Room 2"), opts...) },
		"UpdateFollowing": func(c *invite.Client) (*invite.Meeting, error) {
			old, _, err := c.UpdateFollowing(ctx, m, week(2), at(m.Event, "Room 2"), opts...)
			return old, err
		},
		"UpdateFollowing, the first": func(c *invite.Client) (*invite.Meeting, error) {
			old, _, err := c.UpdateFollowing(ctx, m, week(0), at(m.Event, "Room 2"), opts...)
			return old, err
		},
		"Cancel":            func(c *invite.Client) (*invite.Meeting, error) { return c.Cancel(ctx, m, cancels...) },
		"Cancel occurrence": func(c *invite.Client) (*invite.Meeting, error) { return c.Cancel(ctx, m, append(cancels, invite.Occurrence(week(1)))...) },
		"Cancel and later": func(c *invite.Client) (*invite.Meeting, error) {
			return c.Cancel(ctx, m, append(cancels, invite.OccurrenceAndLater(week(1)))...)
		},
		"Remind":          func(c *invite.Client) (*invite.Meeting, error) { return c.Remind(ctx, m, reminds...) },
		"Reinvite":        func(c *invite.Client) (*invite.Meeting, error) { return c.Reinvite(ctx, m, []string{address(1)}, opts...) },
		"DeclineProposal": func(c *invite.Client) (*invite.Meeting, error) { return c.DeclineProposal(ctx, m, proposal(), opts...) },
	}
}

// proposal is another time that the first attendee asks for.
func proposal() invite.Proposal {
	return invite.Proposal{Email: address(0), Start: week(0).Add(time.Hour), End: week(0).Add(2 * time.Hour), Stamp: week(-3), Via: "link"}
}
