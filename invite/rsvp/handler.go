package rsvp

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/body"
)

// Store keeps meetings. A *desk.Desk is one. Its methods may be called concurrently.
type Store interface {
	// Meeting returns the meeting with that UID, for reading. If it is not stored, the
	// error is [invite.ErrNoMeeting] for errors.Is, or the Meeting is nil.
	Meeting(ctx context.Context, uid string) (*invite.Meeting, error)
	// Answer takes an answer in as [invite.Meeting.Answer] does, and stores the
	// meeting.
	Answer(ctx context.Context, uid string, a invite.Answer) (invite.Outcome, error)
	// Propose takes a proposal in as [invite.Meeting.Propose] does, and stores the
	// meeting.
	Propose(ctx context.Context, uid string, p invite.Proposal) (invite.Outcome, error)
}

// Options say how a [Handler] works. Nil and zero values are right and safe.
type Options struct {
	// Brand is the sender's name, colour and logo, as in the mails.
	Brand body.Brand
	// Language is the language of the pages if neither the attendee nor the event
	// names one, as a BCP 47 tag. If it is "", it is the language of the browser.
	Language string
	// ShowGuests shows the names and the answers of the other attendees. Meetings
	// with hidden guests never show them.
	ShowGuests bool
	// CalendarLinks shows links to readers who have said yes or maybe, that add the
	// meeting to Google Calendar, Outlook.com, Microsoft 365 or Yahoo Calendar, see
	// [ical.Links].
	CalendarLinks bool
	// Now is the clock. If it is nil, time.Now is used.
	Now func() time.Time
	// Logger gets errors of the Store, refused forms, and answers. It never gets a link.
	// If it is nil, nothing is logged.
	Logger *slog.Logger
}

// via is Answer.Via and Proposal.Via of everything that comes by a page.
const via = "link"

// Handler serves the pages behind [Links]. It is an http.Handler and safe for
// concurrent use. Only a POST request with the token of a form that the handler has
// shown changes anything. Mount it at the path of Links.Base with a slash at the end. If a
// proxy cuts the first parts of that path off, mount it at the rest. If a proxy replaces
// them, put http.StripPrefix in front of it.
type Handler struct {
	store    Store
	links    *Links
	path     string // of Links.Base, with a slash at the end
	options  Options
	renderer *body.Renderer
	logo     body.Image
	policy   string // the Content-Security-Policy
	err      error

	quotas quotas

	seed  maphash.Seed
	locks [256]sync.Mutex // by attendee, see Handler.post
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns a handler for the meetings of s. It copies l and o. If a setting
// cannot work, [Handler.Validate] says so.
func NewHandler(s Store, l *Links, o *Options) *Handler {
	h := &Handler{store: s, links: l.clone(), seed: maphash.MakeSeed()}
	if o != nil {
		h.options = *o
	}
	if h.options.Now == nil {
		h.options.Now = time.Now
	}
	if h.options.Logger == nil {
		h.options.Logger = slog.New(slog.DiscardHandler)
	}
	h.err = h.prepare()
	return h
}

// Validate reports a setting of the handler or of its [Links] that cannot work. As long
// as there is one, every request is answered with an error page.
func (h *Handler) Validate() error { return h.err }

// prepare makes everything that is equal for all pages.
func (h *Handler) prepare() error {
	if h.store == nil {
		return errors.New("rsvp: Store: is missing")
	}
	if err := h.links.Validate(); err != nil {
		return err
	}
	base, err := url.Parse(h.links.Base)
	if err != nil {
		return err // Validate has parsed it already
	}
	h.path = strings.TrimSuffix(base.EscapedPath(), "/") + "/"
	if h.renderer, err = body.New(&body.Options{Brand: h.options.Brand}); err != nil {
		return fmt.Errorf("rsvp: Options.Brand: %w", err)
	}
	b, err := h.renderer.Render(sample)
	if err != nil {
		return fmt.Errorf("rsvp: %w", err)
	}
	if len(b.Inline) > 0 {
		h.logo = b.Inline[0]
	}
	if h.policy, err = h.contentPolicy(); err != nil {
		return fmt.Errorf("rsvp: %w", err)
	}
	return nil
}

// allowed are the methods of a page.
const allowed = "GET, HEAD, POST, OPTIONS"

// ServeHTTP answers a request. See [Handler].
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", h.policy)
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	if h.err != nil {
		h.options.Logger.ErrorContext(r.Context(), "rsvp: the handler cannot work", "error", h.err)
		http.Error(w, "This page does not work at the moment.", http.StatusInternalServerError)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		h.get(w, r)
	case http.MethodPost:
		h.post(w, r)
	case http.MethodOptions:
		header.Set("Allow", allowed)
		w.WriteHeader(http.StatusNoContent)
	default:
		header.Set("Allow", allowed)
		h.fail(w, r, errMethod)
	}
}

// get shows a page. It changes nothing.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	name := h.name(r)
	if name == logoName && len(h.logo.Data) > 0 {
		w.Header().Set("Content-Type", h.logo.MediaType)
		write(w, r, http.StatusOK, h.logo.Data)
		return
	}
	t, k, err := h.open(name)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	v, err := h.visit(r, t, k)
	if err != nil {
		h.fail(w, r, err)
		return
	}
	h.show(w, r, v, v.form(r.URL.Query()), nil)
}

// name returns the part of the request's path after the path of Links.Base: a token,
// or the name of a file. A proxy or http.StripPrefix may have cut the path of Links.Base
// off, or its first parts.
func (h *Handler) name(r *http.Request) string {
	path := r.URL.EscapedPath()
	end := strings.LastIndexByte(path, '/') + 1
	if !strings.HasSuffix(h.path, path[:end]) {
		return path // no token has a slash
	}
	return path[end:]
}

// open opens the token that name returns.
func (h *Handler) open(name string) (token, signer, error) {
	if strings.Contains(name, "/") {
		return token{}, signer{}, errPath
	}
	return h.links.open(name)
}

// lock makes the requests of one attendee wait for each other, so that a form that is
// sent twice at once is taken in once. The caller must call unlock.
func (h *Handler) lock(t token) (unlock func()) {
	m := &h.locks[maphash.Bytes(h.seed, t.attendee[:])%uint64(len(h.locks))]
	m.Lock()
	return m.Unlock
}
