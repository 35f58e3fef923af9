package googlecal

import (
	"strconv"
	"strings"

	"github.com/convene-go/convene/invite/organizer/internal/shadow"
)

// The copy of the data lies in private extended properties. Google allows 1,024
// characters in a value and 32 kB in all.
const (
	chunkSize = 1000
	maxChunks = 28
)

func chunkName(i int) string { return "convene" + strconv.Itoa(i) }

// chunks returns the properties that keep data. There are none if it is too long.
func chunks(data []byte, form shadow.Form) map[string]string {
	text, ok := shadow.Pack(data, form, chunkSize*maxChunks)
	if !ok {
		return nil
	}
	m := make(map[string]string)
	for i := 0; text != ""; i++ {
		n := min(chunkSize, len(text))
		m[chunkName(i)], text = text[:n], text[n:]
	}
	return m
}

// private returns the private properties of the series.
func (s *state) private() map[string]string {
	if s.series.Extended == nil {
		return nil
	}
	return s.series.Extended.Private
}

// copy returns the data that was written last.
func (s *state) copy() (shadow.Copy, bool) {
	var b strings.Builder
	m := s.private()
	for i := range maxChunks {
		b.WriteString(m[chunkName(i)])
	}
	return shadow.ReadCopy(b.String(), s.series.ICalUID)
}

// changedChunks returns the properties that are to be written. A nil value deletes one.
func (s *state) changedChunks(data []byte, form shadow.Form) map[string]any {
	want, have, out := chunks(data, form), s.private(), make(map[string]any)
	for i := range maxChunks {
		name := chunkName(i)
		w, wanted := want[name]
		h, there := have[name]
		switch {
		case wanted && (!there || h != w):
			out[name] = w
		case !wanted && there:
			out[name] = nil
		}
	}
	return out
}
