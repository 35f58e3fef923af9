package invitetest

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
)

// Random returns an endless source of octets, which are the same for equal seeds.
// Set it as Options.Random. It is safe for concurrent use. Never use it for mails
// that leave the test, because everybody can compute their Message-IDs.
func Random(seed uint64) io.Reader {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return &random{source: rand.NewChaCha8(key)}
}

// random makes the source safe for concurrent use.
type random struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (r *random) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(p)
}
