package rsvp

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/convene-go/convene/invite"
)

// post takes the form of a page in.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) {
	t, k, err := h.open(h.name(r))
	if err != nil {
		h.fail(w, r, err)
		return
	}
	values, refused := readForm(w, r)
	defer h.lock(t)()
	v, err := h.visit(r, t, k)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	f := v.filled(values, r.URL.Query())
	if refused == nil {
		refused = h.take(r.Context(), v, f)
	}
	if refused == nil {
		// The reference is relative, because the handler may be mounted anywhere. A reload
		// of the next page sends nothing.
		w.Header().Set("Location", "?"+queryDone+"="+f.page)
		w.WriteHeader(http.StatusSeeOther)
		return
	}
	h.log(r, v, refused)
	if again, err := h.visit(r, t, k); err == nil {
		v = again
	}
	h.show(w, r, v, f, refused)
}

// queryDone is the query of the page that confirms a change.
const queryDone = "done"

// take gives the content of a form to the Store. It returns the reason if the form is
// refused, or the error of the Store.
func (h *Handler) take(ctx context.Context, v *visit, f form) error {
	if err := v.closed(); err != nil {
		return err
	}
	if f.page == pagePropose {
		return h.takeProposal(ctx, v, f)
	}
	opened := v.openForm(f.page, f.token)
	if errors.Is(opened, errForged) {
		return opened
	}
	a, err := v.toAnswer(f)
	if err != nil {
		return err
	}
	if opened != nil {
		if v.holds(a) {
			return nil // the form was sent twice
		}
		return opened
	}
	if !h.quotas.allow(v.attendee, v.now) {
		return errOften
	}
	o, err := h.store.Answer(ctx, v.meeting.Event.UID, a)
	if err != nil {
		return err
	}
	h.options.Logger.InfoContext(ctx, "rsvp: an answer came", "uid", v.meeting.Event.UID, "attendee", a.Email,
		"status", a.Status, occurrence(a.RecurrenceID), "verdict", o.Verdict, "reason", o.Reason)
	return reasonOf(f.page, o.Verdict)
}

// occurrence returns the attribute of a log record that names an occurrence. A record
// about the whole meeting has none.
func occurrence(id time.Time) slog.Attr {
	if id.IsZero() {
		return slog.Attr{}
	}
	return slog.Time("occurrence", id)
}

// takeProposal is take for the form of a proposal.
func (h *Handler) takeProposal(ctx context.Context, v *visit, f form) error {
	opened := v.openForm(f.page, f.token)
	if errors.Is(opened, errForged) {
		return opened
	}
	p, err := v.toProposal(f)
	if err != nil {
		return err
	}
	if opened != nil {
		if v.holdsProposal(p) {
			return nil // the form was sent twice
		}
		return opened
	}
	if !h.quotas.allow(v.attendee, v.now) {
		return errOften
	}
	o, err := h.store.Propose(ctx, v.meeting.Event.UID, p)
	if err != nil {
		return err
	}
	h.options.Logger.InfoContext(ctx, "rsvp: a proposal came", "uid", v.meeting.Event.UID, "attendee", p.Email,
		"start", p.Start, "end", p.End, occurrence(p.RecurrenceID), "verdict", o.Verdict, "reason", o.Reason)
	return reasonOf(f.page, o.Verdict)
}

// holds reports whether a is the reader's last answer by a page, and counts now.
func (v *visit) holds(a invite.Answer) bool {
	last := v.lastByLink()
	return last != nil && last.Status == a.Status && last.Comment == a.Comment && last.RecurrenceID.Equal(a.RecurrenceID) &&
		v.meeting.OccurrenceStatus(a.Email, a.RecurrenceID) == a.Status
}

// holdsProposal reports whether p is the reader's last proposal, and waits for the
// organizer.
func (v *visit) holdsProposal(p invite.Proposal) bool {
	last := v.lastProposal()
	return last != nil && last.Via == via && last.Comment == p.Comment && last.RecurrenceID.Equal(p.RecurrenceID) &&
		last.Start.Equal(p.Start) && last.End.Equal(p.End)
}

// log notes a form that was refused.
func (h *Handler) log(r *http.Request, v *visit, refused error) {
	log := h.options.Logger.InfoContext
	if status, _ := explain(refused); status == http.StatusServiceUnavailable {
		log = h.options.Logger.ErrorContext
	}
	log(r.Context(), "rsvp: a form was refused", "uid", v.meeting.Event.UID, "attendee", v.who.Email, "error", refused)
}
