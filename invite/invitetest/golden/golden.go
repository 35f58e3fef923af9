// Package golden compares a calendar object or a whole mail that a test made with a
// file. Import it only in tests.
//
//	func TestInvitation(t *testing.T) {
//		var r invitetest.Recorder
//		client := invite.New(&r, invitetest.Options(nil)) // clock and identifiers stand still
//		if _, err := client.Send(t.Context(), booking()); err != nil {
//			t.Fatal(err)
//		}
//		golden.Assert(t, "testdata/booking.ics", invitetest.Calendar(r.Messages()[0]))
//		golden.AssertMail(t, "testdata/booking.eml", r.Messages()[0].Data)
//	}
//
// Write the files with "go test -convene.update", read them once, and commit them. Put
// "*.ics -text" and "*.eml -text" into .gitattributes, so that git does not change
// their line ends.
//
// The package adds the flag -convene.update to the test binary, and no other flag. A
// program that is not a test gets no flag.
package golden

import (
	"flag"
	"testing"

	"github.com/convene-go/convene/internal/goldenfile"
)

// name is the name of the flag. Its prefix keeps it apart from the flags of programs.
const name = "convene.update"

var update = updateFlag()

// updateFlag defines the flag in a test binary.
func updateFlag() *bool {
	if !testing.Testing() {
		return new(bool)
	}
	return flag.Bool(name, false, "rewrite the golden files of convene instead of comparing with them")
}

// Assert compares got with the file at path. If a byte differs, it fails t and shows
// the lines that differ, with the names of their properties. With -convene.update it
// writes the file, and the folders above it, instead.
func Assert(t testing.TB, path string, got []byte) {
	t.Helper()
	goldenfile.Assert(t, path, got, *update, name)
}

// AssertMail does the same for a whole mail in a form that people can review:
//   - The boundaries are boundary-1, boundary-2 and so on, in the order in which they
//     appear. The boundaries of a mail change with its Message-ID.
//   - Parts of text in base64 or quoted-printable are decoded, and their
//     Content-Transfer-Encoding is 8bit.
//   - In HTML, characters stand in the place of references such as "&#228;".
//
// So a change of one word changes the lines of that word. Everything else has the bytes
// of the mail. The file is a mail, too, which a mail client opens.
func AssertMail(t testing.TB, path string, mail []byte) {
	t.Helper()
	goldenfile.Assert(t, path, readable(mail), *update, name)
}
