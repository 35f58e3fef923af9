package rsvp

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

// maxFormAge is the time for which a form can be sent after it was shown.
const maxFormAge = 24 * time.Hour

// stateOctets is the length of the state in a form's token.
const stateOctets = 8

// sealForm returns the token of a form that is shown now. It is bound to the link, the
// page, and the state of the meeting that the form is about.
func (v *visit) sealForm(page string) string {
	raw := binary.BigEndian.AppendUint32(nil, uint32(v.now.Unix()))
	raw = append(raw, v.state(page)...)
	return mailauth.Base32.EncodeToString(append(raw, v.formMAC(v.signer, page, raw)...))
}

// openForm checks the token of a form. The error is errForged, or errUsed if the form is
// too old, if it was sent already, or if the meeting has changed since.
func (v *visit) openForm(page, text string) error {
	raw, ok := decode32(text)
	if !ok || len(raw) != 4+stateOctets+tokenMAC {
		return errForged
	}
	content := raw[:4+stateOctets]
	if !hmac.Equal(raw[len(content):], v.formMAC(v.signer, page, content)) {
		return errForged
	}
	shown := time.Unix(int64(binary.BigEndian.Uint32(raw)), 0)
	if v.now.Sub(shown) > maxFormAge || !hmac.Equal(raw[4:len(content)], v.state(page)) {
		return errUsed
	}
	return nil
}

// id returns the name of the form with a token, by which a meeting takes it in once even if
// two machines have it at the same time.
func (v *visit) id(form string) string {
	return mailauth.Base32.EncodeToString(v.signer.sum(useID, form)[:tokenMAC])
}

// formMAC returns the MAC over the content of a form's token, its link and its page.
func (v *visit) formMAC(k signer, page string, content []byte) []byte {
	return k.sum(useForm, v.link, page, string(content))[:tokenMAC]
}

// state returns a digest of everything that makes a form of the page out of date: the
// reader's earlier answers or proposals by link, and changes of the meeting that asked
// everybody anew. So one form is taken in once. Answers by mail do not change it,
// because the later answer counts.
func (v *visit) state(page string) []byte {
	var b strings.Builder
	fmt.Fprintln(&b, v.meeting.Revised, v.meeting.Renamed)
	for _, r := range v.meeting.Revisions {
		fmt.Fprintln(&b, r.RecurrenceID.Unix(), r.Sequence)
	}
	if page == pagePropose {
		for _, p := range v.meeting.Proposals {
			if p.Via == via && address.Same(p.Email, v.who.Email) {
				fmt.Fprintln(&b, p.RecurrenceID.Unix(), p.Stamp.Unix(), p.Start.Unix(), p.End.Unix(), len(p.Comment), p.Comment)
			}
		}
	} else {
		for _, a := range v.meeting.Answers {
			if a.Via == via && address.Same(a.Email, v.who.Email) {
				fmt.Fprintln(&b, a.RecurrenceID.Unix(), a.Stamp.Unix(), a.Status, len(a.Comment), a.Comment)
			}
		}
	}
	return v.signer.sum(useState, b.String())[:stateOctets]
}
