package body

import "github.com/convene-go/convene/ical"

// Page is what a template gets: the text of one mail in the reader's language,
// free of control characters, without any markup.
type Page struct {
	// Language is a BCP 47 tag, Dir "ltr" or "rtl".
	Language, Dir string
	// Action is what the mail does, and Status the answer of an [ActionAnswer].
	Action Action
	Status ical.Status
	// Subject is that of the mail.
	Subject string
	// Badge is what the mail is in a word or two, Lead in a sentence.
	Badge, Lead string
	// Title is that of the meeting, OldTitle what it was where that differs.
	Title, OldTitle string
	// Tile is the first day, for a leaf of a calendar.
	Tile Tile
	// ChangedLabel and Changed name what an update changes; empty where it is not known.
	ChangedLabel string
	Changed      string
	// CommentLabel and Comment are what somebody says about the action.
	CommentLabel, Comment string
	// Rows are the facts of the meeting.
	Rows []Row
	// JoinLabel is the text of the button of the row "join".
	JoinLabel string
	// DescriptionLabel and Description are the meeting's own text. In HTML a
	// very long one is cut, and Cut says so.
	DescriptionLabel, Description, Cut string
	// Brand is the sender's.
	Brand PageBrand
	// AnswerLinks is where the links of the block "answers" are to stand.
	AnswerLinks any

	c          *catalog
	hasAnswers bool
}

// Tile is a day in short words.
type Tile struct{ Month, Day, Weekday string }

// Was says in words that a value was so before.
func (p *Page) Was(old string) string { return p.c.text("was", "old", old) }

// Labelled is a name in front of a value: "When:".
func (p *Page) Labelled(name string) string { return p.c.text("label", "label", name) }

// Isolated cuts a text of the page for the block "text", and keeps it in its
// own direction.
func (p *Page) Isolated(s string) []Segment { return segments(p.c.isolate(s)) }
