package invite

import (
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// sentMails finds the deliveries that a report of many recipients speaks of. The
// deliveries are read once for all recipients.
type sentMails struct {
	answers map[string][]*Answer // of the recipients that the report names or means, by key
	known   bool                 // a mail of this meeting has the Message-ID that came back
	shared  bool                 // this mail went to several attendees, each of whom knows its Message-ID
	sole    int                  // the only delivery with this Message-ID, or -1
	byID    map[string]int       // the last delivery with this Message-ID, by the key of the recipient
	byEvent map[string]int       // the last delivery that [intake.guessed] accepts, by the key of the recipient
}

// sentTo returns the deliveries to the recipients of a report.
func (x *intake) sentTo(list []mime.DeliveryStatus) *sentMails {
	id, event := x.returned()
	named := make(map[string]bool, len(list))
	for i := range list {
		named[address.Key(list[i].OriginalRecipient)] = true
		named[address.Key(list[i].FinalRecipient)] = true
	}
	sent := &sentMails{sole: -1, byID: make(map[string]int), byEvent: make(map[string]int)}
	last, n := -1, 0 // of the deliveries with the Message-ID
	for i := range x.m.Deliveries {
		l := &x.m.Deliveries[i]
		same := id != "" && l.MessageID == id
		if same {
			last = i
			n++
		}
		key := address.Key(l.To)
		if !named[key] {
			continue
		}
		if same {
			sent.byID[key] = i
		}
		if event && x.guessed(l) {
			sent.byEvent[key] = i
		}
	}
	sent.known, sent.shared = n > 0, n > 1
	if n == 1 {
		sent.sole = last
		named[address.Key(x.m.Deliveries[last].To)] = true
	}
	sent.answers = make(map[string][]*Answer)
	for i := range x.m.Answers {
		a := &x.m.Answers[i]
		if key := address.Key(a.Email); named[key] {
			sent.answers[key] = append(sent.answers[key], a)
		}
	}
	return sent
}

// find returns the index of the delivery to one recipient, or -1. A delivery that the
// Message-ID names is preferred to one that the calendar object names. If the mail went
// to one recipient, this recipient is meant even if the report names another address,
// because a mailbox may forward to another address.
func (s *sentMails) find(d *mime.DeliveryStatus) int {
	found, guessed := s.sole, -1
	for _, addr := range [...]string{d.OriginalRecipient, d.FinalRecipient} {
		key := address.Key(addr)
		if i, ok := s.byID[key]; ok {
			found = max(found, i)
		}
		if i, ok := s.byEvent[key]; ok {
			guessed = max(guessed, i)
		}
	}
	if found >= 0 {
		return found
	}
	return guessed
}
