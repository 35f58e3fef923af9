package ledgertests_test

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// exports returns a lookup of the compiled packages that package invite needs.
func exports(t *testing.T) importer.Lookup {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}} {{.Export}}", "github.com/convene-go/convene/invite").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	files := make(map[string]string)
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), " ")
		files[path] = file
	}
	return func(path string) (io.ReadCloser, error) { return os.Open(files[path]) }
}

// TestCalls type-checks calls with options. An option compiles if the call takes it.
// Otherwise the compiler names the type of option that the call takes.
func TestCalls(t *testing.T) {
	const (
		send   = "does not implement invite.SendOption"
		mail   = "does not implement invite.MailOption"
		cancel = "does not implement invite.CancelOption"
		remind = "does not implement invite.RemindOption"
		resume = "does not implement invite.ResumeOption"
	)
	set := token.NewFileSet()
	imports := importer.ForCompiler(set, "gc", exports(t))
	for _, tt := range []struct {
		call  string
		wrong string // a part of the error; "" if the call compiles
	}{
		{`invite.Send(ctx, e)`, ""},
		{`invite.Send(ctx, e, invite.HideGuests(), invite.Tag("x"))`, ""},
		{`c.Send(ctx, e, invite.OneMail(), invite.Comment("hi"), invite.QueueOnly())`, ""},
		{`c.PlanSend(e, invite.HideGuests(), invite.AllowPast())`, ""},
		{`c.Update(ctx, m, e)`, ""},
		{`c.Update(ctx, m, e, invite.Comment("hi"), invite.AllowLint("x"), invite.TellAll())`, ""},
		{`c.UpdateFollowing(ctx, m, t, e, invite.QueueOnly())`, ""},
		{`c.PlanUpdateFollowing(m, t, e, invite.TellAll())`, ""},
		{`c.Cancel(ctx, m, invite.Occurrence(t), invite.Comment("hi"))`, ""},
		{`c.Cancel(ctx, m, cancels...)`, ""},
		{`c.PlanCancel(m, invite.OccurrenceAndLater(t))`, ""},
		{`c.Remind(ctx, m, invite.OnlyTo("x"), invite.Comment("hi"))`, ""},
		{`c.Reinvite(ctx, m, nil, invite.QueueOnly())`, ""},
		{`c.DeclineProposal(ctx, m, p, invite.Comment("hi"))`, ""},
		{`c.Resume(ctx, m, invite.ResendUnknown())`, ""},
		{`c.WithLedger(nil).Resume(ctx, m)`, ""},
		{`c.Cancel(ctx, m, invite.OnlyTo("x"))`, cancel},
		{`c.Update(ctx, m, e, invite.Occurrence(t))`, mail},
		{`c.Update(ctx, m, e, invite.OccurrenceAndLater(t))`, mail},
		{`c.Update(ctx, m, e, invite.HideGuests())`, mail},
		{`c.Update(ctx, m, e, invite.Tag("x"))`, mail},
		{`c.UpdateFollowing(ctx, m, t, e, invite.Occurrence(t))`, mail},
		{`c.PlanUpdate(m, e, invite.OneMail())`, mail},
		{`c.Reinvite(ctx, m, nil, invite.OnlyTo("x"))`, mail},
		{`c.DeclineProposal(ctx, m, p, invite.Occurrence(t))`, mail},
		{`c.Cancel(ctx, m, invite.HideGuests())`, cancel},
		{`c.Cancel(ctx, m, mails...)`, "cannot use mails"},
		{`c.Remind(ctx, m, invite.Occurrence(t))`, remind},
		{`c.Remind(ctx, m, invite.ResendUnknown())`, remind},
		{`c.Resume(ctx, m, invite.Comment("hi"))`, resume},
		{`c.Resume(ctx, m, invite.QueueOnly())`, resume},
		{`c.Send(ctx, e, invite.ResendUnknown())`, send},
		{`c.Send(ctx, e, invite.Occurrence(t))`, send},
		{`c.Send(ctx, e, invite.HideGuests)`, send},
		{`invite.Send(ctx, e, invite.OnlyTo("x"))`, send},
	} {
		src := fmt.Sprintf(`package p
import ("context"; "time"; "github.com/convene-go/convene/ical"; "github.com/convene-go/convene/invite")
var _ ical.Event
func f(ctx context.Context, c *invite.Client, m *invite.Meeting, e ical.Event, t time.Time, p invite.Proposal, cancels []invite.CancelOption, mails []invite.MailOption) { %s }`, tt.call)
		file, err := parser.ParseFile(set, "p.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		config := types.Config{Importer: imports, Error: func(error) {}}
		_, err = config.Check("p", set, []*ast.File{file}, nil)
		switch {
		case tt.wrong == "" && err != nil:
			t.Errorf("%s: %v", tt.call, err)
		case tt.wrong != "" && (err == nil || !strings.Contains(err.Error(), tt.wrong)):
			t.Errorf("%s: %v, want %q", tt.call, err, tt.wrong)
		}
	}
}
