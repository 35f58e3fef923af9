package ical

import (
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/internal/golden"
)

const lintPageHead = `# Lint rules

What ` + "`ical.Event.Lint`" + ` and ` + "`invitectl lint`" + ` report, in this order. An error stops ` + "`invite.Send`" + `, unless
` + "`Options.AllowLint`" + ` names the rule: a client would refuse the mail, or show another meeting than was meant. A warning stops
nothing. Findings about one occurrence or one value name it in brackets after the text; those of an override have
` + "`Overrides[i].`" + ` in front of the field. Identifiers do not change.

This page is written from the table in the code: ` + "`go test ./ical -run TestLintPage -update`" + `.

| rule | | field | what happens | clients | source |
|---|---|---|---|---|---|
`

// TestLintPage: docs/lint.md lists what the table has.
func TestLintPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(lintPageHead)
	for _, r := range allRules {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s | %s | %s |\n", r.id, r.severity, r.field, r.text, strings.Join(r.clients, ", "), r.source)
	}
	golden.Assert(t, "../docs/lint.md", []byte(b.String()))
}
