// Package inbox brings mails from where they come to a program.
package inbox

import "github.com/convene-go/convene/mime"

// Mail is one mail that came in.
type Mail struct {
	// ID identifies the mail at its source.
	ID string
	// Data is the whole mail with its header.
	Data []byte
	// Recipient is the envelope's recipient if the source knows it.
	Recipient string
	// Verified are the results of a service's own checks of SPF, DKIM and DMARC.
	Verified []mime.AuthResult
}
