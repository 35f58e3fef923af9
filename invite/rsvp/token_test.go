package rsvp

import (
	"bytes"
	"testing"
	"time"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/internal/mailauth"
)

// TestToken seals tokens and opens them again.
func TestToken(t *testing.T) {
	k := signer{bytes.Repeat([]byte{1}, 32)}
	for _, uid := range []string{"u", "5d1c1f3e-0000-4000-8000-000000000001", "5D1C1F3E-0000-4000-8000-000000000001", "16-octets-long!!", "Übung\x00"} {
		for _, status := range statuses {
			want := token{status: status, day: mailauth.Day(time.Unix(1e9, 0)), attendee: k.attendee(uid, "ann@example.test"), uid: uid}
			if status == ical.StatusDeclined {
				want.date = time.Unix(-5, 0).UTC()
			}
			got, ok := k.open(k.seal(want))
			if !ok || !got.date.Equal(want.date) || got.uid != want.uid || got.status != want.status || got.attendee != want.attendee || !bytes.Equal(got.day, want.day) {
				t.Errorf("open(seal(%+v)) = %+v, %v", want, got, ok)
			}
		}
	}
}

// TestTokenOfAnotherVersion opens a token that is signed well, but of another form.
func TestTokenOfAnotherVersion(t *testing.T) {
	k := signer{bytes.Repeat([]byte{1}, 32)}
	day := mailauth.Day(time.Unix(1e9, 0))
	for name, raw := range map[string][]byte{
		"another version":            append([]byte{0x20, day[0], day[1]}, "12345678uid"...),
		"an unknown bit":             append([]byte{0x30, day[0], day[1]}, "12345678uid"...),
		"a UUID that is too short":   append([]byte{0x14, day[0], day[1]}, "12345678uid"...),
		"a date and no UID":          append([]byte{0x18, day[0], day[1]}, "12345678date5678"...),
		"half a date":                append([]byte{0x18, day[0], day[1]}, "12345678date"...),
		"a date and half a UUID":     append([]byte{0x1c, day[0], day[1]}, "12345678date5678uuid"...),
		"no UID":                     append([]byte{0x10, day[0], day[1]}, "12345678"...),
		"nothing but a MAC":          nil,
		"the form of a form's token": append([]byte{0, 0, 0, 0}, "12345678"...),
	} {
		raw = append(raw, k.sum(useLink, string(raw))[:tokenMAC]...)
		if got, ok := k.open(mailauth.Base32.EncodeToString(raw)); ok {
			t.Errorf("%s: open = %+v, want none", name, got)
		}
	}
}

// TestUsesOfKeys checks that a MAC of one use is none of another.
func TestUsesOfKeys(t *testing.T) {
	k := signer{bytes.Repeat([]byte{1}, 32)}
	seen := make(map[string]string)
	for name, sum := range map[string][]byte{
		"link": k.sum(useLink, "ab"), "attendee": k.sum(useAttendee, "ab"), "form": k.sum(useForm, "ab"), "state": k.sum(useState, "ab"),
		"two parts": k.sum(useLink, "a", "b"), "two others": k.sum(useLink, "ab", ""), "another key": signer{[]byte("k")}.sum(useLink, "ab"),
	} {
		if other := seen[string(sum)]; other != "" {
			t.Errorf("%s has the MAC of %s", name, other)
		}
		seen[string(sum)] = name
	}
}

// TestReasons checks that every reason has its texts in the catalog.
func TestReasons(t *testing.T) {
	w, err := wordsOf("en")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range refusals {
		if w[r.key] == "" {
			t.Errorf("%v has no text %q", r.err, r.key)
		}
	}
	for _, err := range []error{errInvalid, errExpired, errMethod} {
		if _, key := explain(err); w[key+".text"] == "" {
			t.Errorf("%v has no text for its page", err)
		}
	}
}
