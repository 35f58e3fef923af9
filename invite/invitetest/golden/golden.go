// Package golden compares what a test made, a calendar object or a whole mail,
// with a file of raw bytes. Importing it adds the flag -update to the test
// binary, unless it has one already; so import it in tests alone.
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
// Write the file with "go test -update", read it once, and commit it. Keep git
// from changing its line ends with "*.ics -text" and "*.eml -text" in .gitattributes.
package golden

import (
	"testing"

	"github.com/convene-go/convene/internal/golden"
)

// Assert fails t where got is not, byte for byte, what the file at path holds,
// and shows the lines that differ. With -update it writes the file, and folders
// above it, instead.
func Assert(t testing.TB, path string, got []byte) {
	t.Helper()
	golden.Assert(t, path, got)
}
