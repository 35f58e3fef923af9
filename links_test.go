package convene_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	codeBlock = regexp.MustCompile("(?s)```.*?```")
	link      = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	linked    = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	heading   = regexp.MustCompile(`(?m)^#+ (.*)$`)
	notAnchor = regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
)

// page returns the text of a Markdown file without its code blocks, and the anchors that
// GitHub gives to its headings.
func page(t *testing.T, path string) (text string, anchors []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = codeBlock.ReplaceAllString(string(data), "")
	for _, h := range heading.FindAllStringSubmatch(text, -1) {
		words := linked.ReplaceAllString(h[1], "$1")
		words = notAnchor.ReplaceAllString(strings.ToLower(words), "")
		anchors = append(anchors, strings.ReplaceAll(strings.TrimSpace(words), " ", "-"))
	}
	return text, anchors
}

// TestLinks checks that links between the pages lead to a file and to a heading.
func TestLinks(t *testing.T) {
	var paths []string
	for _, pattern := range []string{"*.md", "docs/*.md", "bench/*.md", "examples/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	for _, path := range paths {
		text, own := page(t, path)
		for _, l := range link.FindAllStringSubmatch(text, -1) {
			if strings.HasPrefix(l[1], "http") || strings.HasPrefix(l[1], "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(l[1], "#")
			to, anchors := filepath.Join(filepath.Dir(path), file), own
			if file != "" {
				if _, err := os.Stat(to); err != nil {
					t.Errorf("%s: %s leads nowhere", path, l[1])
					continue
				}
				if strings.HasSuffix(to, ".md") {
					_, anchors = page(t, to)
				}
			}
			if anchor != "" && !slices.Contains(anchors, anchor) {
				t.Errorf("%s: %s has no such heading", path, l[1])
			}
		}
	}
}
