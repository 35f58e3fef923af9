package webhook

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"net/http"
	"strings"
)

// Postmark returns a handler for Postmark's inbound webhook and bounce webhook. Postmark
// signs nothing. The user and the password stand in the URL that Postmark is given:
// https://user:password@…. The inbound webhook needs the setting "Include raw email
// content in JSON payload".
//
// Postmark hands over no results of its checks. [inbox.Mail.Verified] is empty, and only the
// token of an invite.ReplyAddress proves the author of a mail.
func Postmark(user, password string, o *Options) (*Handler, error) {
	options, err := o.withDefaults(0)
	if err != nil {
		return nil, err
	}
	b, err := newBasic("Postmark", user, password)
	if err != nil {
		return nil, err
	}
	return &Handler{name: "postmark", service: &postmark{b}, options: options, limit: options.MaxBytes, final: http.StatusForbidden}, nil
}

// basic checks a user and a password (RFC 7617).
type basic struct{ user, password [sha256.Size]byte }

// newBasic returns a check for one user.
func newBasic(service, user, password string) (*basic, error) {
	if user == "" || password == "" || strings.Contains(user, ":") {
		return nil, fmt.Errorf("webhook: %s: user and password are necessary, and the user has no colon", service)
	}
	return &basic{sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))}, nil
}

// admit refuses requests of others. The hashes let the comparison take equal time for all.
func (b *basic) admit(r *http.Request) error {
	user, password, _ := r.BasicAuth()
	u, p := sha256.Sum256([]byte(user)), sha256.Sum256([]byte(password))
	if subtle.ConstantTimeCompare(u[:], b.user[:])&subtle.ConstantTimeCompare(p[:], b.password[:]) != 1 {
		return refuse(http.StatusUnauthorized, "the user or the password is wrong")
	}
	return nil
}

// postmark is the service of Postmark.
type postmark struct{ *basic }

// postmarkFinal are the types of bounces after which a mail does not arrive any more.
var postmarkFinal = map[string]bool{
	"HardBounce": true, "BadEmailAddress": true, "Blocked": true, "DMARCPolicy": true, "VirusNotification": true,
}

// open opens a request of either webhook.
func (p *postmark) open(_ context.Context, r *request) (*content, error) {
	if r.mediaType != "application/json" {
		return nil, errType
	}
	var v struct {
		RecordType        string
		OriginalRecipient string
		RawEmail          string

		Type        string
		MessageID   string
		Email       string
		Description string
		Details     string
	}
	if err := decode(r.body, &v); err != nil {
		return nil, err
	}
	var c content
	switch {
	case v.RecordType == "Bounce":
		if postmarkFinal[v.Type] {
			c.reports = append(c.reports, newReport("", v.MessageID, v.Email, v.Description, v.Details))
		}
	case v.RecordType != "" && v.RecordType != "Inbound":
		// Deliveries, opens and complaints are no news.
	case v.RawEmail == "":
		return nil, notRaw("the mail is not raw: switch on the setting for the raw email content")
	default:
		c.mails = append(c.mails, newMail("postmark", bare(v.OriginalRecipient), []byte(v.RawEmail), nil))
	}
	return &c, nil
}
