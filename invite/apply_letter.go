package invite

import (
	"cmp"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// isLetter reports whether a person may have written the mail, and in words alone. A mail
// with the null reverse path is of a program (RFC 5321, section 4.5.5).
func (in *Inbound) isLetter() bool {
	m := in.Mail
	if in.Kind != KindOther || m == nil || m.ReportType != "" || m.ReturnPath == "<>" {
		return false
	}
	if m.TNEF != nil && in.Calendar == nil && !isNote(address.Lower(m.TNEF.Class)) {
		return false
	}
	for _, v := range m.Values("Precedence") {
		switch address.Lower(strings.TrimSpace(v)) {
		case "bulk", "list", "junk":
			return false
		}
	}
	return len(m.Values("List-Id")) == 0
}

// isNote reports whether a message class, in lower case, may be of a letter.
func isNote(class string) bool {
	return class == "" || class == "ipm" || isClass(class, "ipm.note")
}

// letter holds a letter that came to a valid token, because it may be an answer in words.
// The token shows that its author has the invitation. All other letters are no answers.
func (x *intake) letter() Outcome {
	forged := x.findToken()
	if forged != nil || !x.token.valid {
		return Outcome{Verdict: VerdictNotAnAnswer, Reason: x.in.Reason}
	}
	m := x.in.Mail
	l := &Letter{Email: x.token.email, From: foreignLine(author(m), address.Max), Text: foreignText(m.Text, mostComment)}
	o := outcomeOf("", refuse(VerdictHeld, "is a letter to the reply address of %s, which a person has to read: %s", cmp.Or(l.Email, "all attendees"), x.in.Reason))
	o.Letter = l
	return o
}
