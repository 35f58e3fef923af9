package invite_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// walk calls f for every string in e, except the keys of maps, with its path, its value
// and a function that sets it.
func walk(e *ical.Event, f func(path, value string, set func(string))) {
	walkValue("", reflect.ValueOf(e).Elem(), f)
}

func walkValue(path string, v reflect.Value, f func(path, value string, set func(string))) {
	switch v.Kind() {
	case reflect.String:
		f(strings.TrimPrefix(path, "."), v.String(), v.SetString)
	case reflect.Pointer:
		walkValue(path, v.Elem(), f)
	case reflect.Slice:
		for i := range v.Len() {
			walkValue(fmt.Sprintf("%s[%d]", path, i), v.Index(i), f)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			walkValue(path+"."+key.String(), v.MapIndex(key), f)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() {
				walkValue(path+"."+field.Name, v.Field(i), f)
			}
		}
	}
}

var hostile = []string{"\r\n", "\n", "\r", "\x00", `"`, ";", ":", ",", "\u2028", "\xff", "\r\nBcc: evil@example.test",
	"\r\nATTENDEE:mailto:evil@example.test", `";X-EVIL="`, "=?utf-8?q?=0ABcc:_evil?=", "\r\n\r\n--", "\u0085", "\u202e"}

// TestInjection puts hostile characters into every string of an event. Either Send
// returns an error that names the field, or the mails have the same form as harmless
// ones.
func TestInjection(t *testing.T) {
	want := forms(t, send(t, full()))
	walk(ptr(full()), func(path, value string, _ func(string)) {
		if value == "" && strings.HasPrefix(path, "Overrides[0].") {
			return // inherited from the series, whose field is tested itself
		}
		for _, h := range hostile {
			for _, bad := range []string{value[:len(value)/2] + h + value[len(value)/2:], value + h + "x", h + value} {
				e := full()
				setAt(&e, path, bad)
				tryHostile(t, e, path, bad, value == "", want)
			}
		}
	})
	for _, h := range hostile {
		name := "X-A" + h + "B"
		e := full()
		e.Attendees[0].Params = map[string][]string{name: {"1"}}
		tryHostile(t, e, "Attendees[0].Params", name, true, want)
		e = full()
		e.Extra[0].Params = map[string][]string{name: {"1"}}
		tryHostile(t, e, "Extra[0].Params", name, true, want)
	}
}

func ptr[T any](v T) *T { return &v }

func setAt(e *ical.Event, at, to string) {
	walk(e, func(path, _ string, set func(string)) {
		if path == at {
			set(to)
		}
	})
}

// tryHostile sends e, in which the field at path is bad. If the field was empty, bad may
// add a line of its own, and the mails are compared with mails of a harmless value.
func tryHostile(t *testing.T, e ical.Event, path, bad string, empty bool, want []form) {
	t.Helper()
	r := new(recorder)
	_, err := invite.New(r, fixed()).Send(context.Background(), e)
	if err != nil {
		if field := fieldOf(err); !names(field, path) || len(r.mails) > 0 {
			t.Errorf("%s = %q: %v (%d mails), want an error that names the field", path, bad, err, len(r.mails))
		}
		return
	}
	if empty {
		harmless := full()
		setAt(&harmless, path, "x")
		m, err := harmlessForms(t, harmless)
		if err != nil {
			t.Errorf("%s = %q is sent, and \"x\" is not: %v", path, bad, err)
			return
		}
		want = m
	}
	if diff := cmp.Diff(want, forms(t, r.mails), cmp.AllowUnexported(form{})); diff != "" {
		t.Errorf("%s = %q changes the mails (-harmless +got):\n%s", path, bad, diff)
	}
}

func harmlessForms(t *testing.T, e ical.Event) ([]form, error) {
	r := new(recorder)
	_, err := invite.New(r, fixed()).Send(context.Background(), e)
	return forms(t, r.mails), err
}

// fieldOf returns the path of the first FieldError in err's tree.
func fieldOf(err error) string {
	var calendar *ical.FieldError
	var mail *mime.FieldError
	switch {
	case errors.As(err, &calendar):
		return calendar.Field
	case errors.As(err, &mail):
		return mail.Field
	}
	return ""
}

// names reports whether the field of an error is the field at path, or the field of the
// mail that is made of it.
func names(field, path string) bool {
	field = strings.TrimPrefix(field, "Overrides[0].") // an override inherits the field
	path = strings.TrimPrefix(path, "Overrides[0].")
	if field != "" && strings.HasPrefix(path, field) {
		return true
	}
	return field == "From.Name" && path == "Organizer.Name" ||
		field == "To[0].Name" && strings.HasPrefix(path, "Attendees[") && strings.HasSuffix(path, "].Name")
}

// form is the part of a mail that no text in a field may change.
type form struct {
	fields     []string // of the header
	tree       string
	lines      []string // of the calendar object, without values
	recipients [][]string
}

func forms(t *testing.T, mails []*invite.Message) []form {
	t.Helper()
	var out []form
	for _, m := range mails {
		p := parseMail(t, m.Data)
		f := form{p.fields, p.tree, shapes(p.calendar(t)), [][]string{{m.From}, m.To}}
		if got := len(p.to(t)); got != len(m.To) {
			t.Errorf("To has %d addresses, want the %d of the envelope", got, len(m.To))
		}
		out = append(out, f)
	}
	return out
}
