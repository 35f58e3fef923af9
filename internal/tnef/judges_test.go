package tnef_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/internal/rtf"
	"github.com/convene-go/convene/internal/tnef"
	"github.com/convene-go/convene/internal/tnef/tneftest"
)

// TestJudgeYtnef compares every property that ytnefprint shows (Debian: ytnef-tools) with
// the same one as it is read here: its type, its identifier, its value, and the RTF that
// is expanded. Line ends of RTF, which mean nothing, are not compared, because ytnef has
// the two octets of its first dictionary in the other order. It shows no stored RTF.
func TestJudgeYtnef(t *testing.T) {
	ytnef, err := exec.LookPath("ytnefprint")
	if err != nil {
		t.Skip("SKIPPED: ytnefprint is not installed (apt-get install ytnef-tools): the reader was not compared with it")
	}
	shown := 0
	for _, c := range tneftest.Cases() {
		data := c.Meeting.Bytes()
		file := filepath.Join(t.TempDir(), "winmail.dat")
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), ytnef, file).Output()
		if err != nil {
			t.Fatalf("%s: %v", c.Name, err)
		}
		theirs := ytnefLines(string(out))
		ours := ourLines(decode(t, data))
		if diff := cmp.Diff(theirs, ours); diff != "" {
			t.Errorf("%s (-ytnef +ours):\n%s", c.Name, diff)
		}
		shown += len(theirs)
	}
	if shown < 60*15 {
		t.Errorf("ytnefprint shows %d properties, fewer than expected: its output is not understood", shown)
	}
	t.Logf("%d properties compared", shown)
}

// ytnefProperty begins a property in the output of ytnefprint, and ytnefValue has a value.
var (
	ytnefProperty = regexp.MustCompile(`(?s)#\d+: Type: \[\s*(.*?)\s*\]\s+Code: \[(.*?)\]\n(.*)`)
	ytnefValue    = regexp.MustCompile(`(?s)Value: (.*)`)
	ytnefTime     = regexp.MustCompile(`\((\d+)\)`)
)

var unlined = strings.NewReplacer("\r", "", "\n", "", "\x00", "")

const ytnefRule = "-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-=-\n"

// ytnefLines returns the properties in the output of ytnefprint, a line each.
func ytnefLines(out string) (lines []string) {
	for _, block := range strings.Split(out, "\n   #")[1:] {
		m := ytnefProperty.FindStringSubmatch("#" + block)
		if m == nil {
			continue
		}
		kind, code, value := m[1], m[2], m[3]
		if _, after, ok := strings.Cut(value, ytnefRule); ok {
			doc, _, _ := strings.Cut(after, ytnefRule)
			doc = doc[:strings.LastIndexByte(doc, '}')+1] // octets of its memory may follow
			lines = append(lines, "RTF "+unlined.Replace(doc))
			continue
		}
		v := ytnefValue.FindStringSubmatch(value)
		if v == nil {
			continue
		}
		value, _, _ = strings.Cut(v[1], "\n    [1/2]")
		value = strings.TrimRight(value, "\n")
		if kind == "SYS TIME" {
			value = ytnefTime.FindStringSubmatch(value)[1]
		}
		lines = append(lines, kind+" "+code+" "+strings.TrimSuffix(strings.TrimPrefix(value, "["), "]"))
	}
	return lines
}

// ytnefTypes has the types as ytnefprint calls them, and ytnefCodes identifiers.
var (
	ytnefTypes = map[tnef.Type]string{0x1E: "STRING8", 0x1F: "UNICODE", 0x102: "BINARY", 0x03: "LONG", 0x0B: "BOOLEAN", 0x40: "SYS TIME"}
	ytnefCodes = map[uint16]string{0x0E1D: "PR_NORMALIZED_SUBJECT", 0x42: "PR_SENT_REPRESENTING_NAME", 0x64: "PR_SENT_REPRESENTING_ADDRTYPE",
		0x65: "PR_SENT_REPRESENTING_EMAIL_ADDRESS", 0x1000: "PR_BODY", 0x1009: "PR_RTF_COMPRESSED"}
)

// ourLines returns the properties of a message in the form of ytnefLines. The property
// that an attribute gives is not among them.
func ourLines(m *tnef.Message) (lines []string) {
	for i := range m.Properties {
		p := &m.Properties[i]
		if p.ID == tnef.PidTagSubject {
			continue
		}
		code := ytnefCodes[p.ID]
		if p.ID >= 0x8000 {
			code = fmt.Sprintf("UD:x%04x", p.LID)
			if p.Name != "" {
				code = fmt.Sprintf("UD:x%04x", p.ID)
			}
		}
		value := strconv.Itoa(p.Int())
		switch p.Type {
		case 0x1E:
			value, _, _ = strings.Cut(string(p.Value), "\x00")
		case 0x1F:
			value = m.Text(p)
		case 0x102:
			value = printable(p.Value)
		case 0x0B:
			value = map[bool]string{true: "True", false: "False"}[p.Int() != 0]
		case 0x40:
			value = strconv.FormatInt((p.Time().Unix()+11644473600)*10_000_000, 10)
		}
		if p.ID == tnef.PidTagRtfCompressed {
			doc, err := rtf.Decompress(p.Value, 1<<20)
			if bytes.Contains(p.Value[:16], []byte("MELA")) {
				doc = nil
			}
			lines = append(lines, "RTF "+unlined.Replace(string(doc))+errorText(err))
			continue
		}
		lines = append(lines, ytnefTypes[p.Type]+" "+code+" "+value)
	}
	return lines
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// printable returns octets as ytnefprint shows them.
func printable(data []byte) string {
	out := bytes.Clone(data)
	for i, c := range out {
		if c < ' ' || c > '~' {
			out[i] = '.'
		}
	}
	return string(out)
}

// TestJudgeConvert compares attributes and files with Convert::TNEF (Debian:
// libconvert-tnef-perl).
func TestJudgeConvert(t *testing.T) {
	const script = `use Convert::TNEF;
for my $f (@ARGV) {
	my $t = Convert::TNEF->read_in($f, {output_to_core => "ALL"}) or die Convert::TNEF::errstr();
	print "class ", $t->message->data("MessageClass"), "\n", "subject ", $t->message->data("Subject"), "\n";
	for my $a ($t->attachments) { print "file ", $a->name, "|", $a->longname, "|", $a->size, "|", $a->data, "\n" }
	print "=====\n";
}`
	if err := exec.CommandContext(t.Context(), "perl", "-MConvert::TNEF", "-e", "1").Run(); err != nil {
		t.Skip("SKIPPED: Convert::TNEF is not installed (apt-get install libconvert-tnef-perl): the reader was not compared with it")
	}
	dir := t.TempDir()
	args := []string{"-e", script}
	var want []string
	for i, c := range tneftest.Cases() {
		c.Meeting.Files = slices.Concat(tneftest.Attachment("a.txt", bytes.Repeat([]byte("A"), i)), tneftest.Attachment("A long name.txt", []byte("B")))
		data := c.Meeting.Bytes()
		file := filepath.Join(dir, fmt.Sprint(i, ".dat"))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, file)
		m := decode(t, data)
		text := fmt.Sprintf("class %s\nsubject %s\n", c.Meeting.Class, m.Text(m.Properties.Find(tnef.PidTagSubject)))
		for _, f := range m.Files {
			text += fmt.Sprintf("file %s|%s|%d|%s\n", f.Name, f.Name, len(f.Data), f.Data)
		}
		want = append(want, text)
	}
	cmd := exec.CommandContext(t.Context(), "perl", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	got := strings.SplitAfter(strings.ReplaceAll(string(out), "\x00", ""), "=====\n")
	for i := range got {
		got[i] = strings.TrimSuffix(got[i], "=====\n")
	}
	if diff := cmp.Diff(append(want, ""), got); diff != "" {
		t.Errorf("(-want +Convert::TNEF):\n%s", diff)
	}
}
