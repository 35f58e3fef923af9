package invite_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// onTop are the fields that the server of the organizer puts on a mail which fails
// DMARC.
const onTop = "Authentication-Results: mx.example.test; dmarc=fail header.from=example.test\r\n" +
	"Received: from evil.test by mx.example.test; Mon, 1 Feb 2027 09:00:00 +0000\r\n"

// forgedResult is the field that a forger wants to see on top.
const forgedResult = "Authentication-Results: mx.example.test; dmarc=pass header.from=example.test; dkim=pass header.d=example.test"

// forgedReply is an answer of Bob that somebody else wrote.
var forgedReply = authMail("bob@example.test")

// TestSmugglingResults puts a forged Authentication-Results field into the header by
// tricks with line ends and with white space. The server's own field, which says fail,
// stays on top, and the answer does not count.
func TestSmugglingResults(t *testing.T) {
	for _, trick := range []string{
		"%s\r\n", "X: a\r%s\r\n", "X: a\n%s\n", "X: a\r\r%s\r\n", "X: a\r\n\r%s\r\n", "X: a\x00%s\r\n", "X: a\r\x00\n%s\r\n",
		"X: a\x0b%s\r\n", "X: a\x0c%s\r\n", "X: a\u0085%s\r\n", "X: a\u2028%s\r\n", "X:\r\n \r\n%s\r\n", "X: a\r\n\t\r\n%s\r\n", "X: a\r\n \t \n%s\r\n",
		" %s\r\n", "\t%s\r\n", " \r\n%s\r\n", "\r%s\r\n", "\x00%s\r\n", "%.23s\r\n %[1]s\r\n", "From bob@example.test Mon Feb  1 09:00:00 2027\r\n%s\r\n",
		">From bob@example.test\r\n%s\r\n", "X a\r\n%s\r\n", ": a\r\n%s\r\n", "X : a\r\n%s\r\n", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n%s\r\n",
		"BEGIN:VCALENDAR\r\nX:\r%s\r\nEND:VCALENDAR\r\n%[1]s\r\n", "X: =?utf-8?q?=0D=0A?=%s\r\n", "X: =?utf-8?q?a=0D=0A%s?=\r\n",
		"Received: by mx.example.test\r%s\r\n", "Received: x (\r\n %s\r\n", "X: \"\r\n %s\r\n\"\r\n", "\ufeff%s\r\n",
	} {
		t.Run(fmt.Sprintf("%.40q", trick), func(t *testing.T) {
			_, m := request(t, review(), 0, fixed())
			for _, ends := range []string{"\n", "\r\n"} {
				data := onTop + fmt.Sprintf(trick, forgedResult) + strings.ReplaceAll(forgedReply, "\n", ends)
				checkForged(t, m, data)
			}
		})
	}
}

// TestForgedResultCounts checks that the forgery of these tests would count on top.
func TestForgedResultCounts(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	in := readMail(t, []byte(forgedResult+"\n"+forgedReply))
	if _, o := m.Apply(in, invite.Strict("mx.example.test")); o.Verdict != invite.VerdictApplied {
		t.Errorf("Apply = %+v, want it applied", o)
	}
}

// checkForged checks that the topmost result is the server's, and that the answer does
// not count.
func checkForged(t *testing.T, m *invite.Meeting, data string) {
	t.Helper()
	got, err := mime.Read(strings.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	if top := got.Auth[0]; top.AuthServID != "mx.example.test" || top.Value != "fail" {
		t.Errorf("the topmost result is %+v, want the failure", top)
	}
	for _, a := range got.Auth[1:] {
		if a.Field == 0 {
			t.Errorf("the server's field also holds %+v", a)
		}
	}
	for name, p := range map[string]*invite.Policy{"nil": nil, "Strict": invite.Strict("mx.example.test")} {
		in, err := invite.Read(strings.NewReader(data), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, o := m.Apply(in, p); o.Verdict == invite.VerdictApplied || o.Verdict == invite.VerdictHeld {
			t.Errorf("Apply with the policy %s = %+v, want it not to count", name, o)
		}
	}
}

// TestSmugglingResultsBelow puts the forged field where the header is over: into the
// body, into the header of a part, and into a mail within the mail.
func TestSmugglingResultsBelow(t *testing.T) {
	_, m := request(t, review(), 0, fixed())
	head, calendar, _ := strings.Cut(forgedReply, "\n\n")
	head, _, _ = strings.Cut(head, "Content-Type")
	kind := "Content-Type: text/calendar; method=REPLY\n"
	for name, body := range map[string]string{
		"below an empty line":      "\n" + forgedResult + "\n" + kind + "\n" + calendar,
		"in the header of a part":  "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + forgedResult + "\n" + kind + "\n" + calendar + "\n--b--\n",
		"in a mail within":         "Content-Type: message/rfc822\n\n" + forgedResult + "\n" + forgedReply,
		"in the preamble":          "Content-Type: multipart/mixed; boundary=b\n\n" + forgedResult + "\n--b\n" + kind + "\n" + calendar + "\n--b--\n",
		"in the headers of a mail": "Content-Type: text/rfc822-headers\n\n" + forgedResult + "\n",
	} {
		t.Run(name, func(t *testing.T) { checkForged(t, m, onTop+head+body) })
	}
}

// TestSmugglingIn reads mails whose bodies hold the end of a mail and a second one. The
// second one has no effect: the result is the same as with a harmless text, except for the
// text itself.
func TestSmugglingIn(t *testing.T) {
	second := "MAIL FROM:<bob@example.test>\r\nRCPT TO:<desk@example.test>\r\nDATA\r\n" + forgedResult + "\r\n" + forgedReply
	head := "Authentication-Results: mx.example.test; dmarc=pass header.from=other.test\r\nFrom: eve@other.test\r\nTo: desk@example.test\r\nSubject: Hello\r\n"
	for _, kind := range []string{"", "Content-Type: text/plain\r\n", "Content-Type: text/html\r\n", "Content-Type: multipart/mixed; boundary=b\r\n"} {
		want := judgedOf(t, head+kind+"\r\nhello\r\n")
		for _, end := range []string{"\n.\n", "\n.\r\n", "\r.\r\n", "\r.\r", "\r\n.\r", "\r\n.\n", "\r\n.\r\n", "\r\n\x00.\r\n", "\nFrom eve@other.test Mon Feb  1 09:00:00 2027\n"} {
			got := judgedOf(t, head+kind+"\r\nhello"+end+second)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%q, %q (-harmless +got):\n%s", kind, end, diff)
			}
		}
	}
}

// judged is everything in a mail that an answer is judged by.
type judged struct {
	Kind        invite.Kind
	From        string
	AuthResults []mime.AuthResult
	HasEvent    bool
	Verdict     invite.Verdict
}

func judgedOf(t *testing.T, data string) judged {
	t.Helper()
	got, err := mime.Read(strings.NewReader(data), nil)
	if err != nil {
		t.Fatal(err)
	}
	in, err := invite.Read(bytes.NewReader([]byte(data)), nil)
	if err != nil {
		t.Fatal(err)
	}
	_, m := request(t, review(), 0, fixed())
	_, o := m.Apply(in, nil)
	return judged{in.Kind, fmt.Sprint(got.From), got.Auth, in.Event != nil, o.Verdict}
}
