package tnef_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/internal/tnef"
	"github.com/convene-go/convene/internal/tnef/tneftest"
)

var limits = tnef.Limits{Files: 100, Depth: 5}

// decode reads a file, which must have a signature.
func decode(t *testing.T, data []byte) *tnef.Message {
	t.Helper()
	m, err := tnef.Decode(data, limits)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestDecodeNoSignature(t *testing.T) {
	for _, in := range []string{"", "x", "\x78\x9f\x3e", "\x78\x9f\x3e\x23\x01\x00", "BEGIN:VCALENDAR\r\n"} {
		if m, err := tnef.Decode([]byte(in), limits); !errors.Is(err, tnef.ErrSignature) || m != nil {
			t.Errorf("Decode(%q) = %v, %v, want ErrSignature", in, m, err)
		}
	}
}

// TestProperties reads values of all types.
func TestProperties(t *testing.T) {
	at := time.Date(2027, 3, 14, 9, 30, 15, 0, time.UTC)
	fixed := func(id, kind uint16, n int) tneftest.Property {
		return tneftest.Property{ID: id, Type: kind, Values: [][]byte{bytes.Repeat([]byte{7}, n)}}
	}
	list := []tneftest.Property{
		fixed(1, 0x02, 2), fixed(2, 0x03, 4), fixed(3, 0x04, 4), fixed(4, 0x05, 8), fixed(5, 0x06, 8), fixed(6, 0x07, 8),
		fixed(7, 0x0A, 4), fixed(8, 0x0B, 2), fixed(9, 0x14, 8), fixed(10, 0x48, 16),
		tneftest.Text(11, "grüße"), tneftest.String8(12, 1252, "grüße"), tneftest.Binary(13, []byte{1, 2, 3, 4, 5}), tneftest.Time(14, at),
		{ID: 15, Type: 0x1003, Values: [][]byte{{1, 0, 0, 0}, {2, 0, 0, 0}}}, {ID: 16, Type: 0x1002, Values: [][]byte{{3, 0}, {4, 0}}},
		{ID: 17, Type: 0x101F, Values: [][]byte{tneftest.Wide("one"), tneftest.Wide("two!")}}, {ID: 18, Type: 0x101E},
		{ID: 0x8001, Type: 0x03, Set: tneftest.Common, Name: "X-Field", Values: [][]byte{{9, 0, 0, 0}}},
		tneftest.Named(tneftest.Appointment, 0x8201, tneftest.Int(0, -5)),
		tneftest.Named(tneftest.Meetings, 0x8201, tneftest.Int(0, 6)),
		tneftest.Int(0x0E0F, 3), // it is found only if everything before has its right size
	}
	m := decode(t, tneftest.Note("IPM.Note", list...))
	p := m.Properties
	if len(p) != len(list) || m.Problems != nil {
		t.Fatalf("%d properties, %q, want %d", len(p), m.Problems, len(list))
	}
	for i, want := range list {
		if got := p[i]; got.ID != want.ID || uint16(got.Type) != want.Type&^0x1000 || len(want.Values) > 0 && !bytes.Equal(got.Value, want.Values[0]) {
			t.Errorf("property %d = %+v, want %+v", i, got, want)
		}
	}
	for _, tt := range []struct {
		what      string
		got, want any
	}{
		{"a number of 16 bits", p.Find(1).Int(), 0x0707}, {"a number of 32 bits", p.Find(2).Int(), 0x07070707}, {"a Boolean", p.Find(8).Int(), 0x0707},
		{"a text in place of a number", p.Find(11).Int(), 0}, {"none", p.Find(99).Int(), 0},
		{"Unicode", m.Text(p.Find(11)), "grüße"}, {"8 bits", m.Text(p.Find(12)), "grüße"}, {"octets in place of a text", m.Text(p.Find(13)), ""},
		{"octets", p.Find(13).Binary(), []byte{1, 2, 3, 4, 5}}, {"a text in place of octets", p.Find(11).Binary(), []byte(nil)},
		{"a time", p.Find(14).Time(), at}, {"a number in place of a time", p.Find(9).Time(), time.Time{}},
		{"several", int(p.Find(15).Count), 2}, {"the first of several", m.Text(p.Find(17)), "one"},
		{"a name", p[18].Name, "X-Field"},
		{"a negative number in a set", p.Named(tnef.SetAppointment, 0x8201).Int(), -5}, {"the number in another set", p.Named(tnef.SetMeeting, 0x8201).Int(), 6},
		{"the number in no set", p.Named(tnef.GUID{}, 0x8201) == nil, true}, {"the last", p.Find(0x0E0F).Int(), 3},
		{"Unicode or not", p.Find(11).IsUnicode() && !p.Find(12).IsUnicode(), true},
	} {
		if !cmp.Equal(tt.got, tt.want) {
			t.Errorf("%s: got %v, want %v", tt.what, tt.got, tt.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for in, want := range map[time.Time]time.Time{
		time.Date(1601, 1, 1, 0, 0, 1, 0, time.UTC):   time.Date(1601, 1, 1, 0, 0, 1, 0, time.UTC),
		time.Date(1601, 1, 1, 0, 0, 0, 0, time.UTC):   {},
		time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC): time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC),
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC):  {},
		time.Date(30000, 1, 1, 0, 0, 0, 0, time.UTC):  {},
	} {
		m := decode(t, tneftest.Note("IPM.Note", tneftest.Time(0x39, in)))
		if got := m.Properties.Find(0x39).Time(); !got.Equal(want) {
			t.Errorf("%v: got %v, want %v", in, got, want)
		}
	}
}

func TestClasses(t *testing.T) {
	for in, want := range map[string]string{
		"IPM.Microsoft Mail.Note": "IPM.Note", "IPM.Microsoft Mail.Read Receipt": "Report.IPM.Note.IPNRN",
		"IPM.Microsoft Mail.Non-Delivery": "Report.IPM.Note.NDR",
		tneftest.Accepted:                 "IPM.Schedule.Meeting.Resp.Pos", tneftest.Declined: "IPM.Schedule.Meeting.Resp.Neg", tneftest.Tentative: "IPM.Schedule.Meeting.Resp.Tent",
		tneftest.Request: "IPM.Schedule.Meeting.Request", tneftest.Cancelled: "IPM.Schedule.Meeting.Canceled",
		"ipm.microsoft SCHEDULE.mtgrespp": "IPM.Schedule.Meeting.Resp.Pos", "Microsoft Mail v3.0 IPM.Microsoft Mail.Note": "IPM.Note",
		"IPM.Task": "IPM.Task", strings.Repeat("x", 300): strings.Repeat("x", 255),
	} {
		if got := decode(t, tneftest.Note(in)); got.Class != want {
			t.Errorf("class %q = %q, want %q", in, got.Class, want)
		}
	}
	// PidTagMessageClass says more than the attribute
	if got := decode(t, tneftest.Note("IPM.Note", tneftest.Text(0x1A, "IPM.Contact"))); got.Class != "IPM.Contact" {
		t.Errorf("class %q, want IPM.Contact", got.Class)
	}
}

// TestChecksum checks that an attribute with a wrong checksum counts for nothing, except
// the class (MS-OXTNEF, section 2.3.3.4).
func TestChecksum(t *testing.T) {
	for _, bad := range []uint32{0, 0x00078008, 0x00018004, 0x00069003} {
		list := []tneftest.Attribute{
			{Level: 1, ID: 0x00078008, Data: []byte("IPM.Note\x00")},
			{Level: 1, ID: 0x00018004, Data: []byte("Subject\x00")},
			{Level: 1, ID: 0x00069003, Data: tneftest.List(tneftest.Int(0x17, 2))},
		}
		for i := range list {
			list[i].BadChecksum = list[i].ID == bad
		}
		m := decode(t, tneftest.File(list...))
		subject, importance := m.Text(m.Properties.Find(tnef.PidTagSubject)), m.Properties.Find(0x17).Int()
		want := "IPM.Note Subject 2"
		switch bad {
		case 0x00018004:
			want = "IPM.Note  2"
		case 0x00069003:
			want = "IPM.Note Subject 0"
		}
		if got := fmt.Sprint(m.Class, " ", subject, " ", importance); got != want {
			t.Errorf("wrong sum of 0x%08X: got %q, want %q", bad, got, want)
		}
		if noted := len(m.Problems) == 1; noted != (bad != 0 && bad != 0x00078008) {
			t.Errorf("wrong sum of 0x%08X: problems %q", bad, m.Problems)
		}
	}
}

// TestCodePages checks which code page a string has.
func TestCodePages(t *testing.T) {
	for _, tt := range []struct {
		name          string
		oem, msg, net int
		in            []byte
		want          string
	}{
		{"the attribute's", 1251, 1253, 1250, []byte{0xCF}, "П"},
		{"the message's", 0, 1253, 1250, []byte{0xE1}, "α"},
		{"the message's, if the attribute's is not known", 12345, 1253, 1250, []byte{0xE1}, "α"},
		{"the Internet form's", 0, 0, 1250, []byte{0xF8}, "ř"},
		{"UTF-8", 65001, 0, 0, []byte("ř"), "ř"},
		{"damaged UTF-8", 65001, 0, 0, []byte("a\xffb"), "a\uFFFDb"},
		{"Japanese", 932, 0, 0, []byte{0x93, 0xFA, 0x96, 0x7B}, "日本"},
		{"Japanese by escapes", 50220, 0, 0, []byte("\x1b$BF|K\\\x1b(B"), "日本"},
		{"DOS", 850, 0, 0, []byte{0x84}, "ä"},
		{"none", 0, 0, 0, []byte{0xE4}, "ä"},
	} {
		m := decode(t, tneftest.File(
			tneftest.Attribute{Level: 1, ID: 0x00069007, Data: []byte{byte(tt.oem), byte(tt.oem >> 8), byte(tt.oem >> 16), 0, 0, 0, 0, 0}},
			tneftest.Attribute{Level: 1, ID: 0x0002800C, Data: append(bytes.Clone(tt.in), 0, 'x')},
			tneftest.Attribute{Level: 1, ID: 0x00069003, Data: tneftest.List(tneftest.Int(0x3FFD, tt.msg), tneftest.Int(0x3FDE, tt.net))}))
		if got := m.Text(m.Properties.Find(tnef.PidTagBody)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	// HTML is in the code page of the Internet form
	m := decode(t, tneftest.Note("IPM.Note", tneftest.Int(0x3FDE, 1251), tneftest.Binary(0x1013, []byte("<p>\xcf"))))
	if got := m.HTML(100); got != "<p>П" {
		t.Errorf("HTML = %q", got)
	}
	if got := m.HTML(3); got != "<p>" {
		t.Errorf("HTML with a limit = %q", got)
	}
}

func TestLegacy(t *testing.T) {
	triple := append([]byte{4, 0, 12, 0, 4, 0, 22, 0}, "Bob\x00SMTP:bob@example.test\x00"...)
	sentFor := append(append([]byte{4, 0}, "Ann\x00"...), append([]byte{22, 0}, "SMTP:ann@example.test\x00"...)...)
	date := []byte{0xEB, 0x07, 3, 0, 14, 0, 9, 0, 30, 0, 15, 0, 0, 0}
	m := decode(t, tneftest.File(
		tneftest.Attribute{Level: 1, ID: 0x00008000, Data: triple}, tneftest.Attribute{Level: 1, ID: 0x00060001, Data: sentFor},
		tneftest.Attribute{Level: 1, ID: 0x00030006, Data: date}, tneftest.Attribute{Level: 1, ID: 0x00030007, Data: date[:11]},
		tneftest.Attribute{Level: 1, ID: 0x00018004, Data: []byte("Old\x00")},
		tneftest.Attribute{Level: 1, ID: 0x00069003, Data: tneftest.List(tneftest.Text(0x37, "New"))}))
	p := m.Properties
	got := []string{m.Text(p.Find(0x0C1A)), m.Text(p.Find(0x0C1E)), m.Text(p.Find(0x0C1F)), m.Text(p.Find(0x42)), m.Text(p.Find(0x65)), m.Text(p.Find(0x37)), p.Find(0x60).Time().Format(time.RFC3339)}
	want := []string{"Bob", "SMTP", "bob@example.test", "Ann", "ann@example.test", "New", "2027-03-14T09:30:15Z"}
	if diff := cmp.Diff(want, got); diff != "" || p.Find(0x61) != nil {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFiles(t *testing.T) {
	inner := tneftest.Note("IPM.Task", tneftest.Text(0x37, "inner"))
	list := slices.Concat(
		tneftest.Attachment("a.txt", []byte("A"), tneftest.Text(0x370E, "Text/Plain")), tneftest.Embedded("inner", inner),
		[]tneftest.Attribute{{Level: 2, ID: 0x00069002, Data: make([]byte, 14)}, {Level: 2, ID: 0x00018010, Data: []byte("OLD.TXT\x00")}, {Level: 2, ID: 0x0006800F, Data: []byte("B")}},
		[]tneftest.Attribute{{Level: 2, ID: 0x00069002, Data: make([]byte, 14)}, {Level: 2, ID: 0x00069005, Data: tneftest.List(tneftest.Binary(0x3701, []byte("C")), tneftest.Text(0x3704, "c.txt"))}})
	m := decode(t, tneftest.File(list...))
	var got []string
	for _, f := range m.Files {
		class := ""
		if f.Message != nil {
			class = f.Message.Class + " " + f.Message.Text(f.Message.Properties.Find(0x37))
		}
		got = append(got, fmt.Sprintf("%s %s %q %s", f.Name, f.MediaType, f.Data, class))
	}
	want := []string{`a.txt text/plain "A" `, `inner  "" IPM.Task inner`, `OLD.TXT  "B" `, `c.txt  "C" `}
	if diff := cmp.Diff(want, got); diff != "" || m.Problems != nil {
		t.Errorf("(-want +got):\n%s%q", diff, m.Problems)
	}
}

func TestLimits(t *testing.T) {
	deep := tneftest.Note("IPM.Note")
	for range 10 {
		deep = tneftest.File(tneftest.Embedded("deeper", deep)...)
	}
	var files, attributes []tneftest.Attribute
	for i := range 30 {
		files = append(files, tneftest.Attachment(fmt.Sprint(i), nil)...)
	}
	for range 20_001 {
		attributes = append(attributes, tneftest.Attribute{Level: 1, ID: 1})
	}
	for _, tt := range []struct {
		name string
		in   []byte
		want string
	}{
		{"depth", deep, "messages nested deeper than 3 levels are not read"},
		{"files", tneftest.File(files...), "more than 10 files: the rest is not read"},
		{"files in messages", tneftest.File(slices.Concat(tneftest.Embedded("a", tneftest.File(files[:20]...)), tneftest.Embedded("b", tneftest.File(files[:24]...)))...), "more than 10 files: the rest is not read"},
		{"attributes", tneftest.File(attributes...), "more than 20000 attributes: the rest is not read"},
		{"properties", tneftest.Note("IPM.Note", slices.Repeat([]tneftest.Property{tneftest.Int(1, 1)}, 20_001)...), "more than 20000 properties: the rest is not read"},
	} {
		m, err := tnef.Decode(tt.in, tnef.Limits{Files: 10, Depth: 3})
		if err != nil || !slices.Equal(m.Problems, []string{tt.want}) || len(m.Properties) > 20_000 {
			t.Errorf("%s: %v, problems %q, want %q", tt.name, err, m.Problems, tt.want)
			continue
		}
		if n := countFiles(m); n > 10 {
			t.Errorf("%s: %d files", tt.name, n)
		}
	}
}

func countFiles(m *tnef.Message) int {
	n := len(m.Files)
	for _, f := range m.Files {
		if f.Message != nil {
			n += countFiles(f.Message)
		}
	}
	return n
}

// TestTruncated checks that a file that breaks off at any octet gives no wrong value.
func TestTruncated(t *testing.T) {
	data := tneftest.File(slices.Concat([]tneftest.Attribute{
		{Level: 1, ID: 0x00078008, Data: []byte("IPM.Note\x00")},
		{Level: 1, ID: 0x00069003, Data: tneftest.List(tneftest.Text(0x37, "Subject"), tneftest.Int(0x17, 2))},
	}, tneftest.Attachment("a", []byte("data")), tneftest.Embedded("b", tneftest.Note("IPM.Task")))...)
	for n := range len(data) {
		m, err := tnef.Decode(bytes.Clone(data[:n]), limits)
		if n < 4 {
			if err == nil {
				t.Errorf("%d octets are read", n)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d octets: %v", n, err)
		}
		if s := m.Text(m.Properties.Find(0x37)); s != "" && s != "Subject" {
			t.Errorf("%d octets: subject %q", n, s)
		}
		if m.Class != "" && m.Class != "IPM.Note" {
			t.Errorf("%d octets: class %q", n, m.Class)
		}
		for _, f := range m.Files {
			if f.Data != nil && string(f.Data) != "data" || f.Message != nil && f.Message.Class != "IPM.Task" {
				t.Errorf("%d octets: file %+v", n, f)
			}
		}
	}
	// a list of properties that breaks off inside its attribute keeps what came before
	list := tneftest.List(tneftest.Int(0x17, 2), tneftest.Text(0x37, "Subject"))
	m := decode(t, tneftest.File(tneftest.Attribute{Level: 1, ID: 0x00069003, Data: list[:len(list)-7]}))
	if m.Properties.Find(0x17).Int() != 2 || m.Properties.Find(0x37) != nil || len(m.Problems) != 1 {
		t.Errorf("a list that breaks off: %+v, %q", m.Properties, m.Problems)
	}
}

// TestLengths checks that lengths beyond the data are refused.
func TestLengths(t *testing.T) {
	for name, list := range map[string][]byte{
		"a string":           {1, 0, 0, 0, 0x1F, 0, 0x37, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 'a', 0, 0, 0},
		"a string by one":    {1, 0, 0, 0, 0x1E, 0, 0x37, 0, 1, 0, 0, 0, 5, 0, 0, 0, 'a', 'b', 'c', 'd'},
		"the number":         {0xFF, 0xFF, 0xFF, 0xFF},
		"the number of many": {1, 0, 0, 0, 0x03, 0x10, 0x37, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0},
		"an unknown type":    {1, 0, 0, 0, 0xFD, 0, 0x37, 0, 0, 0, 0, 0},
		"half a name":        {1, 0, 0, 0, 0x03, 0, 0, 0x80, 1, 2, 3},
		"an unknown name":    append(append([]byte{1, 0, 0, 0, 0x03, 0, 0, 0x80}, make([]byte, 16)...), 2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0),
	} {
		m := decode(t, tneftest.File(tneftest.Attribute{Level: 1, ID: 0x00069003, Data: list}))
		if len(m.Properties) != 0 || len(m.Problems) != 1 {
			t.Errorf("%s: %+v, problems %q", name, m.Properties, m.Problems)
		}
	}
}

func TestObjectID(t *testing.T) {
	day := time.Date(2027, 3, 14, 0, 0, 0, 0, time.UTC)
	native := []byte{0x2A, 0x58, 0x44, 0xB3}
	whole := "040000008200E00074C5B7101A82E008" + "00000000" + strings.Repeat("0", 32) + "04000000" + "2A5844B3"
	bad := tneftest.ObjectID(tneftest.Wrapped("x"), day)
	bad[18] = 13 // the month
	for _, tt := range []struct {
		name string
		in   []byte
		want tnef.ObjectID
		ok   bool
	}{
		{"a UID", tneftest.ObjectID(tneftest.Wrapped("A-b@x"), time.Time{}), tnef.ObjectID{UID: "A-b@x"}, true},
		{"a UID and a date", tneftest.ObjectID(tneftest.Wrapped("A-b@x"), day), tnef.ObjectID{UID: "A-b@x", Date: day}, true},
		{"Outlook's own", tneftest.ObjectID(native, time.Time{}), tnef.ObjectID{UID: whole}, true},
		{"Outlook's own, and a date", tneftest.ObjectID(native, day), tnef.ObjectID{UID: whole, Date: day}, true},
		{"a UID in Latin", tneftest.ObjectID(tneftest.Wrapped("\xe4"), time.Time{}), tnef.ObjectID{UID: "ä"}, true},
		{"octets after it", append(tneftest.ObjectID(tneftest.Wrapped("x"), time.Time{}), "yz"...), tnef.ObjectID{UID: "x"}, true},
		{"a month that is none", bad, tnef.ObjectID{UID: "x"}, true},
		{"an empty UID", tneftest.ObjectID(tneftest.Wrapped(""), day), tnef.ObjectID{}, false},
		{"too short", tneftest.ObjectID(nil, day)[:39], tnef.ObjectID{}, false},
		{"too long", tneftest.ObjectID(make([]byte, 5000), day), tnef.ObjectID{}, false},
		{"another class", append([]byte{5}, tneftest.ObjectID(native, day)[1:]...), tnef.ObjectID{}, false},
		{"none", nil, tnef.ObjectID{}, false},
	} {
		got, ok := tnef.ParseObjectID(tt.in)
		if tt.name == "an empty UID" {
			got = tnef.ObjectID{}
		}
		if ok != tt.ok || got != tt.want {
			t.Errorf("%s: %+v, %v, want %+v, %v", tt.name, got, ok, tt.want, tt.ok)
		}
	}
	// the example of MS-OXOCAL, section 4.1.2
	const hexID = "040000008200E00074C5B7101A82E00807D803195025D461E473C8010000000000000000100000002A5844B3A444F74A9C246C60886F116B"
	var data []byte
	fmt.Sscanf(hexID, "%X", &data)
	got, ok := tnef.ParseObjectID(data)
	if want := strings.Replace(hexID, "07D80319", "00000000", 1); !ok || got.UID != want || !got.Date.Equal(time.Date(2008, 3, 25, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("example: %+v, %v", got, ok)
	}
}

func TestZoneName(t *testing.T) {
	whole := tneftest.ZoneDefinition("W. Europe Standard Time")
	if got := tnef.ZoneName(whole); got != "W. Europe Standard Time" {
		t.Errorf("ZoneName = %q", got)
	}
	for n := range len(whole) - 2 {
		if got := tnef.ZoneName(whole[:n]); got != "" {
			t.Errorf("%d octets: %q", n, got)
		}
	}
	long := bytes.Clone(whole)
	long[7] = 0x40
	if got := tnef.ZoneName(append(long, make([]byte, 1<<16)...)); got != "" {
		t.Errorf("too long: %q", got)
	}
}

func FuzzTNEF(f *testing.F) {
	at := time.Date(2027, 3, 14, 9, 0, 0, 0, time.UTC)
	answer := &tneftest.Meeting{Class: tneftest.Tentative, CodePage: 932, UID: "uid-1", Stamp: at, Start: at, End: at, Date: at, Replaced: at, Zone: "Tokyo Standard Time",
		ProposedStart: at, ProposedEnd: at, From: "bob@example.test", Sender: "ann@example.test", Body: tneftest.Binary(0x1009, tneftest.Compress(tneftest.Plain(932, "はい")))}
	f.Add(answer.Bytes())
	f.Add(tneftest.Note("IPM.Microsoft Mail.Read Receipt", tneftest.Text(0x37, "Read")))
	f.Add(tneftest.File(slices.Concat(tneftest.Attachment("a", []byte("A")), tneftest.Embedded("b", answer.Bytes()))...))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		m, err := tnef.Decode(data, tnef.Limits{Files: 10, Depth: 3})
		if !bytes.Equal(before, data) {
			t.Fatal("the data was changed")
		}
		if err != nil {
			return
		}
		if n := countFiles(m); n > 10 {
			t.Errorf("%d files", n)
		}
		for i := range m.Properties {
			p := &m.Properties[i]
			m.Text(p)
			p.Int()
			p.Time()
			tnef.ZoneName(p.Binary())
			if id, ok := tnef.ParseObjectID(p.Binary()); ok && (id.UID == "" || len(id.UID) > 3*4096) {
				t.Errorf("UID %q", id.UID)
			}
		}
		m.HTML(100)
	})
}
