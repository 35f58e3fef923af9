package mime_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// TestReadClosed reads mails whose content is signed or encrypted as a whole, and
// mails that only look so.
func TestReadClosed(t *testing.T) {
	content := func(oid string) string {
		return "Content-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("\x30\x80\x06\x09"+oid+"\xa0\x80"+strings.Repeat("x", 200)))
	}
	const (
		signed    = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
		enveloped = "\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03"
		p7m       = "Content-Type: application/pkcs7-mime; name=smime.p7m"
		armored   = "-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n"
		pgp       = "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\n\n" +
			"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n" + armored + "--b--\n"
	)
	for _, tt := range []struct {
		name, in  string
		want      mime.Closed
		calendars int
	}{
		{"signed", p7m + "; smime-type=Signed-Data\n" + content(""), mime.ClosedSMIMESigned, 0},
		{"old type", strings.Replace(p7m, "/pkcs7", "/x-pkcs7", 1) + "; smime-type=signed-data\n\nMII", mime.ClosedSMIMESigned, 0},
		{"signed, no parameter", p7m + "\n" + content(signed), mime.ClosedSMIMESigned, 0},
		{"signed, octet-stream", "Content-Type: application/octet-stream; name=\"smime.P7M\"\n" + content(signed), mime.ClosedSMIMESigned, 0},
		{"encrypted", p7m + "; smime-type=enveloped-data\n\nMII", mime.ClosedSMIMEEncrypted, 0},
		{"encrypted, no parameter", p7m + "\n" + content(enveloped), mime.ClosedSMIMEEncrypted, 0},
		{"encrypted and authenticated", p7m + "; smime-type=authEnveloped-data\n\nMII", mime.ClosedSMIMEEncrypted, 0},
		{"compressed", p7m + "; smime-type=compressed-data\n\nMII", mime.ClosedSMIME, 0},
		{"unknown content", p7m + "\n" + content("\x2a"), mime.ClosedSMIME, 0},
		{"certificates alone", p7m + "; smime-type=certs-only\n\nMII", "", 0},
		{"signature beside the content", "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Type: text/calendar\n\n" + answer +
			"--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nMII\n--b--\n", "", 1},
		{"PGP/MIME", pgp, mime.ClosedPGP, 0},
		{"armor in the text", "Content-Type: text/plain\n\nHello,\n\n" + armored, mime.ClosedPGP, 0},
		{"armor in the calendar", "Content-Type: text/calendar; method=REPLY\n\n" + armored, mime.ClosedPGP, 0},
		{"armor as a file", "Content-Type: application/octet-stream; name=invite.ics.pgp\n\n" + armored, mime.ClosedPGP, 0},
		{"armor that is quoted", "Content-Type: text/plain\n\n> " + armored, "", 0},
		{"signed in the clear", "Content-Type: text/calendar\n\n-----BEGIN PGP SIGNED MESSAGE-----\n\n" + answer, "", 1},
		{"in a returned mail", "Content-Type: multipart/report; boundary=b; report-type=delivery-status\n\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n" +
			"--b\nContent-Type: message/rfc822\n\n" + p7m + "; smime-type=signed-data\n\nMII\n--b--\n", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := mime.Read(strings.NewReader("From: ann@example.test\n"+tt.in), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got.Closed != tt.want || len(got.Calendars) != tt.calendars {
				t.Errorf("Closed = %q with %d calendars, want %q with %d", got.Closed, len(got.Calendars), tt.want, tt.calendars)
			}
			if tt.want != "" && !strings.Contains(strings.Join(got.Problems, "\n"), "not read") {
				t.Errorf("Problems = %q, want the part that was not read", got.Problems)
			}
		})
	}
}

// TestReadDisposition reads read receipts.
func TestReadDisposition(t *testing.T) {
	receipt := func(fields string) string {
		return "From: ann@example.test\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nRead.\n" +
			"--b\nContent-Type: message/disposition-notification\n\n" + fields + "--b--\n"
	}
	for _, tt := range []struct {
		name, in string
		want     mime.Disposition // without Fields
	}{
		{"displayed", receipt("Final-Recipient: rfc822; ann@example.test\nOriginal-Message-ID: <1@example.test>\nDisposition: manual-action/MDN-sent-manually; Displayed\n"),
			mime.Disposition{FinalRecipient: "ann@example.test", MessageID: "<1@example.test>", Type: "displayed"}},
		{"deleted, with a modifier", receipt("Original-Recipient: rfc822;team@example.test\nDisposition: automatic-action/MDN-sent-automatically; deleted/error\n"),
			mime.Disposition{OriginalRecipient: "team@example.test", Type: "deleted"}},
		{"twice", receipt("Disposition: x; displayed\n\n--b\nContent-Type: message/disposition-notification\n\nDisposition: x; deleted\n"),
			mime.Disposition{Type: "displayed"}},
		{"empty", receipt("\n"), mime.Disposition{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := mime.Read(strings.NewReader(tt.in), nil)
			if err != nil || got.Disposition == nil || got.ReportType != "disposition-notification" {
				t.Fatalf("Read = %+v, %v, want a receipt", got, err)
			}
			got.Disposition.Fields = nil
			if diff := cmp.Diff(tt.want, *got.Disposition); diff != "" {
				t.Errorf("Disposition (-want +got):\n%s", diff)
			}
		})
	}
	inside := "Content-Type: message/rfc822\n\n" + receipt("Disposition: x; displayed\n")
	if got, err := mime.Read(strings.NewReader("From: ann@example.test\n"+inside), nil); err != nil || got.Disposition != nil {
		t.Errorf("Disposition of an attached receipt = %+v, %v, want none", got.Disposition, err)
	}
}
