package call

import (
	"bytes"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"github.com/convene-go/convene/httpsend"
	"github.com/convene-go/convene/internal/address"
	"github.com/convene-go/convene/mime"
)

// WithEnvelope returns the octets of a mail for an API that has no envelope, and mails
// everybody in To, Cc and Bcc. Recipients whom the header does not name are added in a
// field Bcc in front, which such an API removes. If the header names others, or cannot be
// read, the error is about the mail.
func (a *API) WithEnvelope(m *mime.Message) ([]byte, error) {
	named := make(map[string]bool)
	head, _, _ := bytes.Cut(m.Data, []byte("\r\n\r\n"))
	msg, err := mail.ReadMessage(bytes.NewReader(append(slices.Clip(head), "\r\n\r\n"...)))
	if err != nil {
		return nil, a.Refuse("", fmt.Errorf("%w: its header cannot be read", httpsend.ErrRecipients))
	}
	for _, field := range []string{"To", "Cc", "Bcc"} {
		for _, value := range msg.Header[field] {
			list, err := mail.ParseAddressList(value)
			if err != nil {
				return nil, a.Refuse("", fmt.Errorf("%w: the field %s cannot be read", httpsend.ErrRecipients, field))
			}
			for _, x := range list {
				named[address.Key(x.Address)] = true
			}
		}
	}
	var missing []string
	invited := make(map[string]bool, len(m.To))
	for _, to := range m.To {
		key := address.Key(to)
		if !named[key] && !invited[key] {
			missing = append(missing, to)
		}
		invited[key] = true
	}
	for key := range named {
		if !invited[key] {
			return nil, a.Refuse("", httpsend.ErrRecipients)
		}
	}
	if len(missing) == 0 {
		return m.Data, nil
	}
	return slices.Concat([]byte("Bcc: <"+strings.Join(missing, ">,\r\n <")+">\r\n"), m.Data), nil
}
