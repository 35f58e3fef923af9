package inbox

import (
	"context"
	"errors"
	"testing"
)

// fake is a source with mails in memory.
type fake struct {
	mails    []*Mail
	next     error // the error of Next after the last mail
	done     error // the error of Done
	results  []error
	canceled bool // whether Done had a context that has ended
}

func (f *fake) Next(ctx context.Context) (*Mail, error) {
	if len(f.mails) == 0 {
		return nil, f.next
	}
	m := f.mails[0]
	f.mails = f.mails[1:]
	return m, nil
}

func (f *fake) Done(ctx context.Context, _ *Mail, err error) error {
	f.canceled = f.canceled || ctx.Err() != nil
	f.results = append(f.results, err)
	return f.done
}

var _ Source = (*fake)(nil)

// TestRun checks that errors of receive go to the source, and errors of the source end Run.
func TestRun(t *testing.T) {
	broken, bad := errors.New("the source is broken"), errors.New("a bad mail")
	receive := func(_ context.Context, m *Mail) error {
		if m.ID == "bad" {
			return bad
		}
		return nil
	}
	f := &fake{mails: []*Mail{{ID: "1"}, {ID: "bad"}, {ID: "2"}}, next: broken}
	if err := Run(t.Context(), f, receive); err != broken {
		t.Errorf("Run = %v, want the error of Next", err)
	}
	if len(f.results) != 3 || f.results[0] != nil || f.results[1] != bad || f.results[2] != nil {
		t.Errorf("results %v", f.results)
	}
	f = &fake{mails: []*Mail{{ID: "1"}, {ID: "2"}}, done: broken}
	if err := Run(t.Context(), f, receive); err != broken || len(f.results) != 1 {
		t.Errorf("Run = %v after %d mails, want the error of Done after one", err, len(f.results))
	}
	ctx, stop := context.WithCancel(t.Context())
	f = &fake{mails: []*Mail{{ID: "1"}}, next: context.Canceled}
	err := Run(ctx, f, func(context.Context, *Mail) error { stop(); return nil })
	if err != nil || len(f.results) != 1 || f.canceled {
		t.Errorf("Run = %v, want nil; %d results; Done could not work: %v", err, len(f.results), f.canceled)
	}
	// A source may find its connection broken when ctx ends.
	if err := Run(ctx, &fake{next: broken}, receive); err != nil {
		t.Errorf("Run = %v after the end, want nil", err)
	}
	// A mail whose result cannot be noted is no orderly end.
	ctx, stop = context.WithCancel(t.Context())
	f = &fake{mails: []*Mail{{ID: "1"}}, next: context.Canceled, done: broken}
	if err := Run(ctx, f, func(context.Context, *Mail) error { stop(); return nil }); err != broken {
		t.Errorf("Run = %v, want the error of Done", err)
	}
	if err := Run(t.Context(), &fake{next: context.Canceled}, receive); err != context.Canceled {
		t.Errorf("Run = %v, want the error of Next, because ctx has not ended", err)
	}
}
