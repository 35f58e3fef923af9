package plan_test

import (
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
	"github.com/convene-go/convene/invite/internal/plan"
	"github.com/convene-go/convene/invite/internal/roster"
)

// TestConstants checks that values which package invite converts are the same on both
// sides.
func TestConstants(t *testing.T) {
	for a, want := range map[plan.Action]body.Action{
		plan.ActionInvitation:       body.ActionInvitation,
		plan.ActionUpdate:           body.ActionUpdate,
		plan.ActionCancellation:     body.ActionCancellation,
		plan.ActionReminder:         body.ActionReminder,
		plan.ActionProposalDeclined: body.ActionProposalDeclined,
		plan.ActionRefusal:          body.ActionRefusal,
		plan.ActionRemoval:          body.ActionRemoval,
		plan.ActionPartialRemoval:   body.ActionPartialRemoval,
	} {
		check(t, "Action", want, body.Action(a))
	}
	for level, want := range map[plan.Level]invite.Level{
		plan.LevelSilent: invite.LevelSilent, plan.LevelMinor: invite.LevelMinor, plan.LevelMajor: invite.LevelMajor,
	} {
		check(t, "Level", want, invite.Level(level))
	}
	check(t, "Answer.Via, as invite.Answer documents it", []string{"organizer", "import"}, []string{roster.ViaOrganizer, roster.ViaImport})
}
