package tnef_test

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/convene-go/convene/internal/tnef"
)

func rawAttribute(out []byte, level byte, id uint32, data []byte) []byte {
	out = append(out, level)
	out = binary.LittleEndian.AppendUint32(out, id)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(data)))
	out = append(out, data...)
	var sum uint16
	for _, c := range data {
		sum += uint16(c)
	}
	return binary.LittleEndian.AppendUint16(out, sum)
}

// TestManyLists has a file with many lists of properties. The time must stay linear.
func TestManyLists(t *testing.T) {
	read := func(n int) time.Duration {
		out := binary.LittleEndian.AppendUint32(nil, 0x223E9F78)
		out = append(out, 0, 0)
		for range n {
			out = rawAttribute(out, 1, 0x00069003, []byte("\x01\x00\x00\x00\x03\x00\x37\x00\x01\x00\x00\x00"))
		}
		start := time.Now()
		m, err := tnef.Decode(out, tnef.Limits{Files: 100, Depth: 5})
		if err != nil || len(m.Properties) != n {
			t.Fatal(err, len(m.Properties))
		}
		return time.Since(start)
	}
	if took := min(read(19_000), read(19_000)); took > 5*time.Second { // 10 ms on a slow machine, and 14 s with a copy for each list
		t.Errorf("19,000 lists took %v", took)
	}
}
