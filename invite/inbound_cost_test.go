package invite_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
)

// manyAuthors returns an answer with 56,000 addresses in From. It has the given
// number of calendar objects, each with 400 components of two attendees.
func manyAuthors(objects int) string {
	var b strings.Builder
	from := strings.Repeat(strings.Repeat("a@b,", 199)+"a@b,\r\n ", 69) + "a@b"
	for range 4 {
		b.WriteString("From: " + from + "\r\n")
	}
	b.WriteString("MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n")
	for i := range objects {
		b.WriteString("--b\r\nContent-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nVERSION:2.0\r\n")
		for j := range 400 {
			fmt.Fprintf(&b, "BEGIN:VEVENT\r\nUID:u1\r\nDTSTAMP:20270202T090000Z\r\nRECURRENCE-ID:2027%02d%02dT%02d0000Z\r\nCOMMENT:%d\r\n"+
				"ATTENDEE:mailto:c@d\r\nATTENDEE:mailto:e@f\r\nEND:VEVENT\r\n", 1+j/24/28, 1+j/24%28, j%24, i)
		}
		b.WriteString("END:VCALENDAR\r\n")
	}
	b.WriteString("--b--\r\n")
	return b.String()
}

// TestReadManyAuthors reads mails in which each component of an answer would be
// compared with each author. The guard is against hanging only.
func TestReadManyAuthors(t *testing.T) {
	for _, objects := range []int{1, 5, 20} {
		t.Run(fmt.Sprint(objects, " objects"), func(t *testing.T) {
			done := make(chan *invite.Inbound, 1)
			go func() {
				in, err := invite.Read(strings.NewReader(manyAuthors(objects)), nil)
				if err != nil {
					t.Error(err)
				}
				done <- in
			}()
			select {
			case in := <-done:
				if in == nil || in.Kind != invite.KindReply || in.Attendee.Email != "" {
					t.Errorf("Read = %+v, want a reply of nobody", in)
				}
			case <-time.After(time.Minute):
				t.Fatal("Read did not end within a minute")
			}
		})
	}
}

// allocated returns the octets that f allocates.
func allocated(f func()) int64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// read reads a mail of any kind, and fails if that takes 10 s.
func read(t *testing.T, mail string) (in *invite.Inbound) {
	t.Helper()
	done := make(chan bool)
	go func() {
		defer close(done)
		in, _ = invite.Read(strings.NewReader(mail), nil)
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("Read did not end within a minute")
	}
	return in
}

// TestReadCost reads every kind of hostile mail in two sizes. The memory must not
// grow faster than the mail, and is within a bound for each octet.
func TestReadCost(t *testing.T) {
	const size, most = 64 << 10, 150
	for _, k := range costKinds() {
		t.Run(k.name, func(t *testing.T) {
			fixed := 2 << 20
			if k.name == "names of zones" {
				fixed = 16 << 20 // package time reads the index of its zones for each unknown name
			}
			var used [2]int64
			for i := range used {
				mail := k.mail(size << i)
				if n := len(mail); n < (size<<i)*3/4 || n > (size<<i)*3/2 {
					t.Errorf("the mail has %d octets, want about %d", n, size<<i)
				}
				read(t, mail) // fills the caches
				used[i] = allocated(func() { read(t, mail) })
				if bound := int64(fixed + most*len(mail)); used[i] > bound && !raceEnabled {
					t.Errorf("%d octets take %d octets of memory, want %d at most", len(mail), used[i], bound)
				}
			}
			if used[1] > used[0]*5/2+256<<10 && !raceEnabled {
				t.Errorf("twice the mail takes %d octets of memory instead of %d", used[1], used[0])
			}
		})
	}
}
