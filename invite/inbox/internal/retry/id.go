package retry

import (
	"crypto/sha256"
	"encoding/hex"
)

// ID returns the identifier of a mail for inbox.Mail. It depends on the content only, so
// that it stays the same after a crash, and if the mail moves.
func ID(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}
