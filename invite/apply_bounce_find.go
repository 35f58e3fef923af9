package invite

import (
	"slices"
	"strings"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// sentMails finds the deliveries that a report of many recipients speaks of. The
// deliveries are read once for all recipients.
type sentMails struct {
	id      string               // the Message-ID of the mail that came back, or of ours that it stands for
	event   bool                 // the calendar object that came back is of this meeting
	answers map[string][]*Answer // of the recipients that the report names or means, by key
	known   bool                 // a mail of this meeting has the Message-ID that came back
	shared  bool                 // this mail went to several attendees, each of whom knows its Message-ID
	sole    int                  // the only delivery with this Message-ID, or -1
	byID    map[string]int       // the last delivery with this Message-ID, by the key of the recipient
	byEvent map[string]int       // the last delivery that [intake.guessed] accepts, by the key of the recipient
}

// sentTo returns the deliveries to the recipients of a report.
func (x *intake) sentTo(list []mime.DeliveryStatus) *sentMails {
	id, event := x.returnedID(), x.in.Event != nil && sameUID(x.in.Event.UID, x.m.Event.UID)
	named := make(map[string]bool, len(list))
	for i := range list {
		named[address.Key(list[i].OriginalRecipient)] = true
		named[address.Key(list[i].FinalRecipient)] = true
	}
	sent := &sentMails{id: id, event: event, sole: -1, byID: make(map[string]int), byEvent: make(map[string]int)}
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

// returnedID returns the Message-ID of the mail of this meeting that came back: the
// Message-ID in the report, the field [HeaderMessageID], or the Message-ID of the mail
// whose receipt a provider wrote in place of its Message-ID. If none is of this meeting,
// returnedID returns the Message-ID in the report.
func (x *intake) returnedID() string {
	ids, receipts := namedIDs(x.in.Mail)
	best, found := len(ids), ""
	if len(ids) > 0 {
		found = ids[0]
	}
	for i := range x.m.Deliveries {
		l := &x.m.Deliveries[i]
		if at := slices.Index(ids[:best], l.MessageID); at >= 0 {
			best, found = at, l.MessageID
		}
		if best == len(ids) && l.Receipt != "" && slices.Contains(receipts, l.Receipt) {
			found = l.MessageID
		}
	}
	return found
}

// namedIDs returns the identifiers of the mail that came back, and its receipts. If a
// letter in words gives nothing back, it may name the mail that it answers. Earlier
// References do not count, because they name mails that the lost mail answered.
func namedIDs(m *mime.Received) (ids, receipts []string) {
	if m.Returned != nil {
		ids, receipts = ourIDs(m.Returned), receiptsIn(m.Returned)
	}
	if len(ids) > 0 || m.Report == nil || !m.Report.Prose {
		return ids, receipts
	}
	if n := len(m.References); m.InReplyTo == "" && n > 0 {
		return with(ids, m.References[n-1]), receipts
	}
	return with(ids, m.InReplyTo), receipts
}

// ourIDs returns the identifiers in a returned header that may be a Message-ID of ours.
func ourIDs(r *mime.Returned) (ids []string) {
	ids = with(ids, r.MessageID)
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, HeaderMessageID) {
			return with(ids, strings.TrimSpace(f.Value))
		}
	}
	return ids
}

// shortestReceipt is the least number of octets of a receipt by which a mail finds a
// delivery. Shorter ones, such as the numbers of queues, can be guessed, and queues use
// them again. The receipts of Amazon SES have 60.
const shortestReceipt = 24

// receiptsIn returns the receipts that a provider may have written in place of the
// Message-ID: all of it, or a part of it.
func receiptsIn(r *mime.Returned) (out []string) {
	bare := strings.Trim(r.MessageID, "<>")
	left, _, _ := strings.Cut(bare, "@")
	for _, id := range []string{r.MessageID, bare, left} {
		if len(id) >= shortestReceipt {
			out = with(out, id)
		}
	}
	return out
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
