package invite_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// TestAttachedBounded attaches many different files, one after the other. The meeting
// keeps a bounded number of descriptions, and equal ones once.
func TestAttachedBounded(t *testing.T) {
	c := invite.New(nowhere, fixed())
	m := mustSend(t, c, trio())
	for i := range 120 {
		m = must(t)(c.Reinvite(t.Context(), m, []string{"ann@example.test"}, invite.Attach(note("a.txt", fmt.Sprint(i/2)+strings.Repeat(".", i/110*i)))))
	}
	if n := len(m.Attached); n != 65 {
		t.Errorf("%d lists of files, want the 65 that differ", n)
	}
	for i := range 120 {
		m = must(t)(c.Reinvite(t.Context(), m, []string{"ann@example.test"}, invite.Attach(note("b.txt", fmt.Sprint(i)))))
	}
	if n := len(m.Attached); n != 100 {
		t.Errorf("%d lists of files, want 100", n)
	}
	if last := m.Attached[99]; last.N != m.Deliveries[len(m.Deliveries)-1].Attached || last.N != 185 {
		t.Errorf("the last mail has the files %d, and the last list is %d", m.Deliveries[len(m.Deliveries)-1].Attached, last.N)
	}
}

// TestAttachEncodedOnce sends a large file to many guests. For each further guest, one
// copy of the finished mail is made, and nothing else of the size of the file.
func TestAttachEncodedOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("it makes mails of 600 MB")
	}
	file := invite.File{Name: "slides.pdf", MediaType: "application/pdf", Data: noise(5 << 20)}
	var size int
	c := invite.New(invite.SenderFunc(func(_ context.Context, m *invite.Message) error { size = len(m.Data); return nil }), fixed())
	octets := func(n int) uint64 {
		e := vary(func(e *ical.Event) { e.Attendees = guests(n) })
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		must(t)(c.Send(t.Context(), e, invite.Attach(file)))
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	few, many := octets(10), octets(90)
	if each := (many - few) / 80; each > uint64(size)*11/10 {
		t.Errorf("%d octets for each further guest, want little more than the %d octets of the mail", each, size)
	}
}

// noise returns n octets without a pattern.
func noise(n int) []byte {
	out, r := make([]byte, n), rand.New(rand.NewPCG(1, 2))
	for i := range out {
		out[i] = byte(r.Uint32())
	}
	return out
}
