package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/internal/fault"
)

func TestJoin(t *testing.T) {
	start := &fault.FieldError{Field: "Start", Err: io.EOF}
	end := &fault.FieldError{Field: "End", Err: errors.New("is before Start")}
	for _, tt := range []struct {
		name string
		in   []*fault.FieldError
		want string
	}{
		{"none", nil, ""},
		{"one", []*fault.FieldError{start}, "ical: Start: EOF"},
		{"two", []*fault.FieldError{start, end}, "ical: Start: EOF; End: is before Start"},
		{"no cause", []*fault.FieldError{{Field: "URL"}}, "ical: URL: is not valid"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err, got := fault.Join("ical", tt.in...), ""
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("Join = %q, want %q", got, tt.want)
			}
		})
	}
	err := fmt.Errorf("outer: %w", fault.Join("ical", end, start))
	var fe *fault.FieldError
	if !errors.Is(err, io.EOF) || !errors.As(err, &fe) || fe != end || !fe.Refused() {
		t.Errorf("%v leads to %v, want the first field error and every cause", err, fe)
	}
}

func TestFields(t *testing.T) {
	a, b := &fault.FieldError{Field: "A", Err: io.EOF}, &fault.FieldError{Field: "B", Err: io.EOF}
	again := &fault.FieldError{Field: "A", Err: io.EOF}
	outer := &fault.FieldError{Field: "C", Err: fault.Join("ical", b)}
	for _, tt := range []struct {
		name string
		in   error
		want []*fault.FieldError
	}{
		{"nil", nil, nil},
		{"another error", io.EOF, nil},
		{"itself", a, []*fault.FieldError{a}},
		{"wrapped twice", fmt.Errorf("invite: %w", fmt.Errorf("mail: %w", a)), []*fault.FieldError{a}},
		{"in order", errors.Join(io.EOF, fault.Join("ical", b, a), a), []*fault.FieldError{b, a}},
		{"equal ones", errors.Join(a, again), []*fault.FieldError{a}},
		{"several verbs", fmt.Errorf("%w, %w", a, b), []*fault.FieldError{a, b}},
		{"within a field", outer, []*fault.FieldError{outer, b}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			same := cmp.Comparer(func(x, y *fault.FieldError) bool { return x == y })
			if diff := cmp.Diff(tt.want, fault.Fields(tt.in), same); diff != "" {
				t.Errorf("Fields (-want +got):\n%s", diff)
			}
		})
	}
}
