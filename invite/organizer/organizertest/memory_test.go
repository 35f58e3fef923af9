package organizertest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/organizertest"
)

// entry returns the entry of a meeting.
func entry(t testing.TB) organizer.Object {
	t.Helper()
	o, err := organizer.Encode(review())
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func mustPut(t testing.TB, m *organizertest.Memory, o organizer.Object) organizer.Object {
	t.Helper()
	out, err := m.Put(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestMemoryEntries(t *testing.T) {
	var m organizertest.Memory
	if got := m.Entries(); len(got) != 0 {
		t.Errorf("Entries() = %+v, want none", got)
	}
	o := entry(t)
	for _, uid := range []string{"c", "a", "b"} {
		other := o
		other.UID, other.Data = uid, bytes.ReplaceAll(o.Data, []byte("UID:"+o.UID), []byte("UID:"+uid))
		mustPut(t, &m, other)
	}
	var got []string
	for _, e := range m.Entries() {
		got = append(got, e.UID+" "+e.Href+" "+e.Tag+" "+e.Event.UID)
	}
	want := []string{"a entry-2 tag-2 a", "b entry-3 tag-3 b", "c entry-1 tag-1 c"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Entries(): -want +got\n%s", diff)
	}
	m.Entries()[0].Data[0] = 'x'
	if m.Entries()[0].Data[0] == 'x' {
		t.Error("Entries shares memory with its caller")
	}
}

func TestMemoryRewrite(t *testing.T) {
	m := organizertest.Memory{Rewrite: func(data []byte) []byte {
		return bytes.ReplaceAll(data, []byte("Europe/Berlin"), []byte("W. Europe Standard Time"))
	}}
	o := entry(t)
	got := mustPut(t, &m, o)
	if !strings.Contains(string(got.Data), "W. Europe Standard Time") || !bytes.Equal(got.Written, o.Data) || !got.Event.Start.Equal(o.Event.Start) {
		t.Errorf("Put() = %+v", got)
	}
	m.Rewrite = func([]byte) []byte { return []byte("nonsense") }
	if _, err := m.Put(t.Context(), got); err == nil {
		t.Error("Rewrite returned nonsense, and Put returned no error")
	}
}

func TestMemoryBefore(t *testing.T) {
	var m organizertest.Memory
	o := entry(t)
	errOops := errors.New("oops")
	var got []string
	m.Before = func(c organizertest.Call) error {
		got = append(got, fmt.Sprint(c.Method, " ", c.N, " ", c.Object.UID == o.UID))
		if c.Method == "Put" && c.N == 2 {
			if err := m.Edit(o.UID, func(e *ical.Event) { e.Summary = "Other" }); err != nil { // may change the calendar
				t.Error(err)
			}
		}
		if c.Method == "Delete" {
			return errOops
		}
		return nil
	}
	put := mustPut(t, &m, o)
	_, putErr := m.Put(t.Context(), put)
	deleteErr := m.Delete(t.Context(), put)
	_, getErr := m.Get(t.Context(), put)
	if !errors.Is(putErr, organizer.ErrChanged) || !errors.Is(deleteErr, errOops) || getErr != nil {
		t.Errorf("the errors are %v, %v and %v", putErr, deleteErr, getErr)
	}
	if diff := cmp.Diff([]string{"Put 1 true", "Put 2 true", "Delete 1 true", "Get 1 true"}, got); diff != "" {
		t.Errorf("calls of Before: -want +got\n%s", diff)
	}
	if got, want := m.Calls(), (organizertest.Calls{Gets: 1, Puts: 2, Deletes: 1}); got != want {
		t.Errorf("Calls() = %+v, want %+v", got, want)
	}
	ctx, stop := context.WithCancel(t.Context())
	m.Before = func(organizertest.Call) error { stop(); return nil }
	if _, err := m.Get(ctx, put); !errors.Is(err, context.Canceled) {
		t.Errorf("the context ended during Before, and Get returned %v", err)
	}
}

// TestMemoryLoseReplies checks that only changes that were made lose their replies.
func TestMemoryLoseReplies(t *testing.T) {
	var m organizertest.Memory
	o := entry(t)
	m.LoseReplies(2)
	steps := []struct {
		name string
		call func() error
		want error
	}{
		{"Get", func() error { _, err := m.Get(t.Context(), o); return err }, organizer.ErrGone},
		{"Delete", func() error { return m.Delete(t.Context(), o) }, organizer.ErrGone},
		{"Put", func() error { _, err := m.Put(t.Context(), o); return err }, organizertest.ErrLost},
		{"Put again", func() error { _, err := m.Put(t.Context(), o); return err }, organizer.ErrChanged},
		{"Delete", func() error { return m.Delete(t.Context(), o) }, organizertest.ErrLost},
		{"Put", func() error { _, err := m.Put(t.Context(), o); return err }, nil},
	}
	for i, s := range steps {
		if err := s.call(); !errors.Is(err, s.want) {
			t.Errorf("%d: %s returned %v, want %v", i, s.name, err, s.want)
		}
	}
}

// TestMemoryMails checks that mails are counted as a CalDAV server sends them.
func TestMemoryMails(t *testing.T) {
	var m organizertest.Memory
	o := entry(t)
	put := mustPut(t, &m, o)
	if n := m.Mails(); n != 0 {
		t.Errorf("Mails() = %d, want 0", n)
	}
	put.Data = bytes.ReplaceAll(put.Data, []byte("CLIENT"), []byte("SERVER"))
	put = mustPut(t, &m, put)
	if n := m.Mails(); n != 1 {
		t.Errorf("Mails() = %d after a change without SCHEDULE-AGENT=CLIENT, want 1", n)
	}
	if err := m.Delete(t.Context(), put); err != nil || m.Mails() != 2 {
		t.Errorf("Mails() = %d after Delete (%v), want 2", m.Mails(), err)
	}
}

func TestMemoryEdit(t *testing.T) {
	var m organizertest.Memory
	o := entry(t)
	if err := m.Edit(o.UID, func(*ical.Event) {}); !errors.Is(err, organizer.ErrGone) {
		t.Errorf("Edit without an entry: %v", err)
	}
	put := mustPut(t, &m, o)
	if err := m.Edit(o.UID, func(e *ical.Event) { e.Summary = "Other" }); err != nil {
		t.Fatal(err)
	}
	got, err := m.Get(t.Context(), o)
	if err != nil || got.Tag == put.Tag || got.Event.Summary != "Other" || m.Calls().Puts != 1 {
		t.Errorf("after Edit: %+v, %v", got, err)
	}
	if err := m.Edit(o.UID, func(e *ical.Event) { e.UID = "other" }); err == nil {
		t.Error("Edit has changed the UID")
	}
	if err := m.Edit(o.UID, func(e *ical.Event) { e.Organizer.Email = "a\nb" }); len(ical.FieldErrors(err)) == 0 {
		t.Errorf("Edit with a wrong address: %v", err)
	}
	if !m.Remove(o.UID) || m.Remove(o.UID) || len(m.Entries()) != 0 {
		t.Error("Remove does not remove the entry once")
	}
}

// TestMemoryConcurrent is for the race detector.
func TestMemoryConcurrent(t *testing.T) {
	var m organizertest.Memory
	o := entry(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got, err := m.Get(t.Context(), o)
				if err != nil {
					got = o
				}
				m.Put(t.Context(), got)
				m.LoseReplies(1)
				m.Fail(nil)
				m.Delete(t.Context(), o)
				m.Edit(o.UID, func(e *ical.Event) { e.Location = "Room" })
				m.Entries()
				m.Calls()
				m.Mails()
				m.Remove(o.UID)
			}
		})
	}
	wg.Wait()
	if m.Calls() != (organizertest.Calls{Gets: 160, Puts: 160, Deletes: 160}) {
		t.Errorf("Calls() = %+v", m.Calls())
	}
}
