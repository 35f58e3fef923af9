package mime

import "strings"

// Disposition is the fate of a mail at its recipient (RFC 8098, section
// 3.1).
type Disposition struct {
	// FinalRecipient is the address that the mail came to. OriginalRecipient is
	// the address that its sender gave, if it is known. Both are without type and
	// angle brackets.
	FinalRecipient, OriginalRecipient string
	// MessageID is the Message-ID of the mail, with its angle brackets, and "" if
	// the receipt does not name it.
	MessageID string
	// Type is "displayed", "deleted", "dispatched", "processed" or another word of
	// the receipt, in lower case.
	Type string
	// Fields are all fields in their order.
	Fields []Field
}

// dispositionNotification reads a read receipt. If there are several, the first
// counts.
func (r *reader) dispositionNotification(e *entity, at place) {
	if at.embedded || r.out.Disposition != nil {
		r.partProblem(e, "another read receipt is not read")
		return
	}
	r.reportType(dispositionNotification, at)
	data, problem := decode(e.body, e.encoding)
	r.partProblem(e, problem)
	data = mailStart(data)
	end, _ := headerEnd(data)
	fields := r.block(string(data[:end]), nil)
	_, kind := cutType(first(fields, "Disposition"))
	kind, _, _ = strings.Cut(kind, "/")
	r.out.Disposition = &Disposition{
		FinalRecipient:    recipient(first(fields, "Final-Recipient")),
		OriginalRecipient: recipient(first(fields, "Original-Recipient")),
		MessageID:         firstOf(messageIDs(first(fields, "Original-Message-ID"))),
		Type:              strings.ToLower(firstWord(strings.TrimSpace(kind))),
		Fields:            fields,
	}
}
