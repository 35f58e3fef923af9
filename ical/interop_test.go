package ical_test

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
)

// judges are parsers that are not ours, as commands; see testdata/judges.
var judges = []struct {
	name  string
	probe []string // succeeds where the parser is installed
	run   []string
}{
	{"python-dateutil", []string{"python3", "-c", "import dateutil.tz"}, []string{"python3", "../testdata/judges/instants.py"}},
	{"ical.js", []string{"node", "-e", "require('ical.js')"}, []string{"node", "../testdata/judges/instants.cjs"}},
}

// eachJudge runs a test with every one of the first n parsers that is installed.
func eachJudge(t *testing.T, n int, test func(t *testing.T, ask func(objects []byte) [][]int64)) {
	for _, j := range judges[:n] {
		t.Run(j.name, func(t *testing.T) {
			if err := exec.Command(j.probe[0], j.probe[1:]...).Run(); err != nil {
				t.Skipf("SKIPPED: %s is not installed (%s: %v)", j.name, strings.Join(j.probe, " "), err)
			}
			test(t, func(objects []byte) [][]int64 {
				t.Helper()
				c := exec.Command(j.run[0], j.run[1:]...)
				c.Stdin, c.Stderr = bytes.NewReader(objects), os.Stderr
				out, err := c.Output()
				if err != nil {
					t.Fatalf("%s: %v", j.name, err)
				}
				return numbers(t, out)
			})
		})
	}
}

func numbers(t *testing.T, lines []byte) (out [][]int64) {
	t.Helper()
	for line := range strings.Lines(string(lines)) {
		var list []int64
		for _, f := range strings.Fields(line) {
			n, err := strconv.ParseInt(f, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			list = append(list, n)
		}
		out = append(out, list)
	}
	return out
}

// TestInstantsOfZones: what is encoded in every zone is read by others at Go's
// instants, in a sample of single events, half of them near a clock change, and
// of weekly series over two years.
func TestInstantsOfZones(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(9, 9)), t}
	names := zoneSample(t)
	eachJudge(t, len(judges), func(t *testing.T, ask func([]byte) [][]int64) {
		var objects bytes.Buffer
		var want [][]int64
		for _, name := range names {
			for range 3 {
				e := g.near(zone(t, name))
				objects.Write(encode(t, request(e)))
				want = append(want, []int64{e.Start.Unix(), e.End.Unix()})
			}
			e, list := g.weekly(zone(t, name))
			objects.Write(encode(t, request(e)))
			want = append(want, list)
		}
		got := ask(objects.Bytes())
		if len(got) != len(want) {
			t.Fatalf("%d objects read, want %d", len(got), len(want))
		}
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("object %d in %s (-want +got):\n%s", i, names[i/4], cmp.Diff(want[i], got[i]))
			}
		}
		t.Logf("%d zones, %d objects", len(names), len(want))
	})
}

// zoneSample are zones of every kind: with and without rules, at 24:00, with negative
// summer time, half hours, and changes of law.
func zoneSample(t *testing.T) []string {
	names := []string{"Europe/Dublin", "Africa/Casablanca", "Africa/El_Aaiun", "America/Nuuk", "America/Scoresbysund", "Asia/Jerusalem", "Asia/Gaza",
		"Africa/Cairo", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/Istanbul", "Pacific/Apia", "America/Caracas", "Asia/Pyongyang",
		"Europe/Berlin", "America/New_York", "America/St_Johns", "Antarctica/Troll", "Pacific/Chatham", "Asia/Tehran", "America/Havana", "Asia/Beirut"}
	for _, name := range names {
		zone(t, name)
	}
	return names
}

// near is an event at random, every other time within two days of a clock change.
func (g *generator) near(loc *time.Location) ical.Event {
	start := date(2000, 1, 1).Add(time.Duration(g.IntN(45*365*24*4)) * 15 * time.Minute)
	if g.chance(2) {
		offset := func(t time.Time) int { _, o := t.In(loc).Zone(); return o }
		for d := range 400 {
			if t := start.AddDate(0, 0, d); offset(t) != offset(t.AddDate(0, 0, 1)) {
				start = t.Add(time.Duration(g.IntN(4*24*4)-2*24*4) * 15 * time.Minute)
				break
			}
		}
	}
	return meeting(func(e *ical.Event) {
		e.TimeZone, e.Start = loc.String(), start.In(loc)
		e.End = e.Start.Add(pick(g, 30*time.Minute, time.Hour, 26*time.Hour))
	})
}

// weekly is a series of two years at an hour that no clock change touches, and
// its instants by package time.
func (g *generator) weekly(loc *time.Location) (ical.Event, []int64) {
	y, m, d, h := 2000+g.IntN(43), time.Month(1+g.IntN(12)), 1+g.IntN(28), 5+g.IntN(16)
	e := meeting(func(e *ical.Event) {
		e.TimeZone, e.Start = loc.String(), time.Date(y, m, d, h, 15, 0, 0, loc)
		e.End, e.Recurrence = e.Start.Add(time.Hour), &ical.Recurrence{Freq: ical.FreqWeekly, Count: 105}
	})
	want := []int64{e.Start.Unix(), e.End.Unix()}
	for i := range 105 {
		want = append(want, time.Date(y, m, d+7*i, h, 15, 0, 0, loc).Unix())
	}
	return e, want
}

// TestOccurrencesLikeOthers: generated rules that Outlook holds have the
// instances that others find.
func TestOccurrencesLikeOthers(t *testing.T) {
	g := &generator{rand.New(rand.NewPCG(5, 6)), t}
	most := 1000
	if testing.Short() {
		most = 100
	}
	var objects bytes.Buffer
	var want [][]int64
	var rules []ical.Recurrence
	for len(want) < most {
		e := meeting(func(e *ical.Event) {
			e.Start = date(1990+g.IntN(60), time.Month(1+g.IntN(12)), 1+g.IntN(31)).Add(time.Duration(g.IntN(96)) * 15 * time.Minute)
			e.End = e.Start.Add(time.Hour)
		})
		if e.Recurrence = g.outlookRule(e.Start); !align(&e) || refused(e) {
			continue
		}
		list := []int64{e.Start.Unix(), e.End.Unix()}
		for o := range e.Occurrences(time.Time{}, time.Time{}) {
			if list = append(list, o.Start.Unix()); len(list) == 22 {
				break
			}
		}
		objects.Write(encode(t, request(e)))
		want, rules = append(want, list), append(rules, *e.Recurrence)
	}
	// ical.js 2.2 passes over the first year of BYMONTH=1;BYMONTHDAY=-1.
	eachJudge(t, 1, func(t *testing.T, ask func([]byte) [][]int64) {
		got := ask(objects.Bytes())
		for i := range got {
			if got[i] = got[i][:min(22, len(got[i]))]; !slices.Equal(got[i], want[i]) {
				t.Errorf("%+v from %v (-theirs +ours):\n%s", rules[i], time.Unix(want[i][0], 0).UTC(), cmp.Diff(got[i], want[i]))
			}
		}
		t.Logf("%d rules", len(got))
	})
}

func refused(e ical.Event) bool {
	return slices.ContainsFunc(e.Lint(), func(f ical.Finding) bool { return f.Severity == ical.SeverityError })
}

// outlookRule is one of the kinds that Outlook holds, not always with an instance.
func (g *generator) outlookRule(start time.Time) *ical.Recurrence {
	week := []ical.Day{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	r := &ical.Recurrence{Freq: pick(g, ical.FreqDaily, ical.FreqWeekly, ical.FreqMonthly, ical.FreqMonthly, ical.FreqYearly), Interval: g.IntN(9)}
	switch {
	case r.Freq == ical.FreqWeekly:
		for _, d := range week {
			if g.chance(3) {
				r.ByDay = append(r.ByDay, d)
			}
		}
		r.WeekStart = pick(g, append(week, "")...)
	case r.Freq == ical.FreqDaily || g.chance(6):
	default:
		n := pick(g, 1, 2, 3, 4, -1)
		switch g.IntN(3) {
		case 0:
			r.ByMonthDay = []int{pick(g, -1, 1+g.IntN(31))}
		case 1:
			r.ByDay = []ical.Day{ical.Day(fmt.Sprint(n)) + pick(g, week...)}
		case 2:
			r.ByDay, r.BySetPos = pick(g, week[:1], week[5:], week[:5], week), []int{n}
		}
		if r.Freq == ical.FreqYearly {
			r.ByMonth = []int{1 + g.IntN(12)}
		}
	}
	switch g.IntN(3) {
	case 0:
		r.Count = 1 + g.IntN(40)
	case 1:
		r.Until = start.AddDate(0, 0, g.IntN(3000))
	}
	return r
}

// TestOccurrencesGolden compares with what others made of the same rules.
func TestOccurrencesGolden(t *testing.T) {
	f, err := os.Open(filepath.Join("..", "testdata", "recurrence", "rules.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	n := 0
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if fields[0] == "#" {
			continue
		}
		n++
		in := "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:u\r\nDTSTART:" + fields[0] + "Z\r\nRRULE:" + fields[1] + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
		e := decode(t, []byte(in)).Events[0]
		var got []string
		for o := range e.Occurrences(time.Time{}, time.Time{}) {
			if got = append(got, o.Start.Format("20060102")); len(got) == 20 {
				break
			}
		}
		if s := strings.Join(got, ","); s != fields[2] {
			t.Errorf("%s from %s = %s, want %s", fields[1], fields[0], s, fields[2])
		}
	}
	if n < 300 {
		t.Errorf("%d rules, want 300", n)
	}
}
