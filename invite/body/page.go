package body

import (
	"strings"

	"github.com/convene-go/convene/ical"
)

// Page is the data of a template: the texts of one mail in the reader's language,
// without markup and without control characters.
type Page struct {
	// Language is a BCP 47 tag, and Dir is "ltr" or "rtl".
	Language, Dir string
	// Action is the purpose of the mail, and Status is the answer of an
	// [ActionAnswer].
	Action Action
	Status ical.Status
	// Subject is the subject of the mail.
	Subject string
	// Preheader is the line that an inbox shows beside the subject: when, where and
	// why.
	Preheader string
	// Badge names the purpose of the mail in a word or two, and Lead states it in
	// a sentence.
	Badge, Lead string
	// Title is the title of the meeting. OldTitle is the title before an update if
	// it was another, and "" otherwise.
	Title, OldTitle string
	// Tile is the first day, for the picture of a calendar leaf.
	Tile Tile
	// ChangedLabel is a label, and Changed names the facts that an update changes.
	// Both are "" if they are not known.
	ChangedLabel string
	Changed      string
	// CommentLabel is a label for Comment. Both are "" if there is no comment.
	CommentLabel, Comment string
	// Rows are the facts of the meeting.
	Rows []Row
	// JoinLabel is the text of the button for the row "join".
	JoinLabel string
	// DescriptionLabel is a label for Description, the meeting's own text. In HTML
	// a very long Description is cut, and Cut is a sentence that says so.
	DescriptionLabel, Description, Cut string
	// Brand is the sender's brand.
	Brand PageBrand
	// Colour is the brand's colour, or red in a cancellation. OnColour is a colour
	// for text on it.
	Colour, OnColour string
	// HowToAnswer is a sentence that says how to answer without links. It is "" if
	// there are links, or if no answer is asked for.
	HowToAnswer string
	// AnswerLinks stands for the block "answers": a template writes it at the place
	// of the links. It is "" if there are no links.
	AnswerLinks any

	c          *catalog
	hasAnswers bool
}

// Tile is a day in abbreviated words, or the first day and the last one of a meeting
// that goes on for more than a day, as "2–4".
type Tile struct {
	Month, Day, Weekday string
	// Range is set for a meeting that goes on for more than a day.
	Range bool
}

// Blank returns characters that show nothing. Behind the preheader they keep the
// rest of the mail out of the line that an inbox shows.
func (p *Page) Blank() string { return blank }

var blank = strings.Repeat("\u034F ", 40)

// HasAnswers reports whether the mail has answer links.
func (p *Page) HasAnswers() bool { return p.hasAnswers }

// Was returns words for a former value, as "was: 10:00".
func (p *Page) Was(old string) string { return p.c.text("was", "old", old) }

// Labelled returns a name in the form that it has before a value: "When:".
func (p *Page) Labelled(name string) string { return p.c.text("label", "label", name) }

// Isolated cuts a text of the page into segments for the block "text", and keeps it
// in its own direction.
func (p *Page) Isolated(s string) []Segment { return segments(p.c.isolate(s)) }
