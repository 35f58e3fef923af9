package main

import (
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var (
	answerLink = regexp.MustCompile(`href="(http://[^"]*/answer/[a-z2-7]+)"`)
	formToken  = regexp.MustCompile(`name="form" value="([a-z2-7]+)"`)
)

// answerLinks returns the paths of the answer links in the last mail to an attendee: yes,
// maybe and no.
func (v visitor) answerLinks(to, subject string) []string {
	v.t.Helper()
	text := v.get(v.mail(to, subject) + "/html")
	var out []string
	for _, m := range answerLink.FindAllStringSubmatch(text, -1) {
		out = append(out, strings.TrimPrefix(html.UnescapeString(m[1]), v.base))
	}
	if len(out) != 3 {
		v.t.Fatalf("the mail has %d answer links:\n%s", len(out), text)
	}
	return out
}

// TestAnswerPage answers by the links of a mail.
func TestAnswerPage(t *testing.T) {
	eachKind(t, func(t *testing.T, c config) {
		v := visitor{t, start(t, c)}
		meeting := v.book()
		links := v.answerLinks("ann@example.test", "Invitation: Review")
		for _, link := range links { // as a scanner does
			v.get(link)
		}
		v.until(meeting, "3 without an answer")
		token := formToken.FindStringSubmatch(v.get(links[0]))[1]
		page, _ := v.post(links[0], http.StatusOK, "form", token, "answer", "accepted", "comment", "I bring cake")
		if !strings.Contains(page, "Thank you. Your answer has been saved.") {
			t.Errorf("the page is\n%s", page)
		}
		v.post(links[0], http.StatusOK, "form", token, "answer", "accepted", "comment", "I bring cake") // again
		v.until(meeting, "1 accepted, 2 without an answer")
		v.until(meeting, "I bring cake")
		v.post(links[0], http.StatusConflict, "form", token, "answer", "declined")
		v.post(links[0], http.StatusForbidden, "form", "", "answer", "declined")
		v.until(meeting, "1 accepted, 2 without an answer")
	})
}

// TestAnswerLinksStay restarts the service. Its links stay valid.
func TestAnswerLinksStay(t *testing.T) {
	db, closeDB, err := openDatabase(config{})
	if err != nil {
		t.Fatal(err)
	}
	defer closeDB()
	first, err := answerKey(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	second, err := answerKey(t.Context(), db)
	if err != nil || string(first) != string(second) || len(first) != 32 {
		t.Errorf("keys %x and %x, %v", first, second, err)
	}
	for _, address := range []string{"rooms.example.com", "ftp://rooms.example.com", "https://rooms.example.com/?x"} {
		if _, err := answerLinks(t.Context(), db, address); err == nil {
			t.Errorf("-answers %s is no error", address)
		}
	}
}
