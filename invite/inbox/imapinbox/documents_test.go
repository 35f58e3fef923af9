package imapinbox

import (
	"testing"

	"github.com/convene-go/convene/internal/documents"
)

// TestDocuments compiles the programs of the pages that import this package. The test of
// the other programs is in the module above.
func TestDocuments(t *testing.T) {
	documents.Compile(t, "../../../docs", "github.com/convene-go/convene/invite/inbox/imapinbox")
}
