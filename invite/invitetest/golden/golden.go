// Package golden compares a calendar object or a whole mail that a test made with a
// file of raw bytes. Importing it adds the flag -update to the test binary, unless
// the binary has one already. So import it only in tests.
//
//	func TestInvitation(t *testing.T) {
//		var r invitetest.Recorder
//		client := invite.New(&r, invitetest.Options(nil))
//		if _, err := client.Send(t.Context(), booking()); err != nil {
//			t.Fatal(err)
//		}
//		golden.Assert(t, "testdata/booking.ics", invitetest.Calendar(r.Messages()[0]))
//	}
//
// Write the file with "go test -update", read it once, and commit it. So that git
// does not change its line ends, put "*.ics -text" and "*.eml -text" into
// .gitattributes.
package golden

import (
	"testing"

	"github.com/convene-go/convene/internal/golden"
)

// Assert compares got with the file at path. If a byte differs, it fails t and shows
// the lines that differ. With -update it writes the file, and the folders above it,
// instead.
func Assert(t testing.TB, path string, got []byte) {
	t.Helper()
	golden.Assert(t, path, got)
}
