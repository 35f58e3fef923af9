package webhook

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"sync"
)

// key names something that is taken in once.
type key [sha256.Size]byte

// keyOf returns the key of a list of words. Different lists have different keys.
func keyOf(words ...string) (k key) {
	h := sha256.New()
	for _, w := range words {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(w))))
		h.Write([]byte(w))
	}
	h.Sum(k[:0])
	return k
}

// mostRemembered limits the keys of a memory. They need about 3 MB.
const mostRemembered = 1 << 14

// memory is a map that forgets its oldest keys.
type memory struct {
	values map[key]key
	order  []key
	next   int // the oldest in order, if order is full
}

// add adds a key that is not in the memory.
func (m *memory) add(k, value key) {
	if m.values == nil {
		m.values = make(map[key]key)
	}
	if len(m.order) < mostRemembered {
		m.order = append(m.order, k)
	} else {
		delete(m.values, m.order[m.next])
		m.order[m.next] = k
		m.next = (m.next + 1) % mostRemembered
	}
	m.values[k] = value
}

// once does things once.
type once struct {
	mu      sync.Mutex
	running map[key]chan struct{} // closed at the end
	done    memory
}

// do calls f, unless a call for k succeeded before. It waits for a call that goes on.
func (o *once) do(ctx context.Context, k key, f func() error) error {
	for {
		o.mu.Lock()
		if _, ok := o.done.values[k]; ok {
			o.mu.Unlock()
			return nil
		}
		wait, ok := o.running[k]
		if !ok {
			break
		}
		o.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if o.running == nil {
		o.running = make(map[key]chan struct{})
	}
	end := make(chan struct{})
	o.running[k] = end
	o.mu.Unlock()

	ok := false
	defer func() { // also if f panics
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.running, k)
		if ok {
			o.done.add(k, key{})
		}
		close(end)
	}()
	err := f()
	ok = err == nil
	return err
}

// bindings keep the content that came with each token of a service that signs the token
// alone.
type bindings struct {
	mu sync.Mutex
	memory
}

// bind reports whether the token came with no other content before.
func (b *bindings) bind(token, content key) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	was, ok := b.values[token]
	if !ok {
		b.add(token, content)
	}
	return !ok || was == content
}
