package body_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/convene-go/convene/internal/golden"
	"github.com/convene-go/convene/invite/body"
)

// htmlGoldens are the languages whose HTML is compared with files: one for each
// direction, and one with wide characters. TestSkeleton shows that the HTML of the
// other languages differs from the English one in texts only.
var htmlGoldens = []string{"en", "ar", "ja"}

// TestGolden compares the text of every language and action, under its subject,
// and the HTML of some languages.
func TestGolden(t *testing.T) {
	each(t, func(t *testing.T, language string, a body.Action, b *body.Body) {
		base := filepath.Join("testdata", language, string(a))
		golden.Assert(t, base+".txt", []byte("Subject: "+b.Subject+"\n\n"+b.Text))
		if slices.Contains(htmlGoldens, language) {
			golden.Assert(t, base+".html", []byte(b.HTML))
		}
	})
}

func TestNoResidue(t *testing.T) {
	each(t, func(t *testing.T, _ string, _ body.Action, b *body.Body) {
		for name, s := range map[string]string{"Subject": b.Subject, "Text": b.Text, "HTML": b.HTML} {
			for _, bad := range []string{"%!", "{", "}", "ZgotmplZ", "<no value>", "\x00", "answer.invalid", "<!--"} {
				if name == "HTML" && (bad == "{" || bad == "}") {
					continue // its style sheet
				}
				if strings.Contains(s, bad) {
					t.Errorf("%s contains %q", name, bad)
				}
			}
		}
		if strings.ContainsAny(b.Subject, "\r\n\t") || strings.TrimSpace(b.Subject) == "" {
			t.Errorf("Subject = %q", b.Subject)
		}
		if strings.Contains(b.Text, "\n\n\n") || strings.HasPrefix(b.Text, "\n") || strings.Contains(b.Text, "\r") {
			t.Errorf("Text has an empty section:\n%s", b.Text)
		}
		for line := range strings.Lines(b.Text) {
			if strings.HasSuffix(strings.TrimRight(line, "\n"), " ") || strings.TrimSpace(line) == ":" {
				t.Errorf("line %q", line)
			}
		}
	})
}
