package ical

import (
	"fmt"
	"strings"
	"testing"

	"github.com/convene-go/convene/internal/golden"
)

const lintPageHead = `# Lint rules

` + "`ical.Event.Lint`" + ` and ` + "`invitectl lint`" + ` report these findings, in this order. An error stops ` + "`invite.Send`" + `, unless the
option ` + "`AllowLint`" + ` names the rule, because a client would refuse the mail, or show another meeting than was meant. A warning stops
nothing. If a finding is about one occurrence or one value, the text ends with its name in brackets. If it is about an override, the
field begins with ` + "`Overrides[i].`" + `. Identifiers do not change.

This page is written from the table in the code: ` + "`go test ./ical -run TestLintPage -update`" + `.

| rule | | field | effect | clients | source |
|---|---|---|---|---|---|
`

// TestLintPage: docs/lint.md lists what the table has.
func TestLintPage(t *testing.T) {
	var b strings.Builder
	b.WriteString(lintPageHead)
	for _, r := range allRules {
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s | %s | %s |\n", r.id, r.severity, strings.ReplaceAll(r.field, ", ", "`, `"), r.text, strings.Join(r.clients, ", "), r.source)
	}
	golden.Assert(t, "../docs/lint.md", []byte(b.String()))
}
