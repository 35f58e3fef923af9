package rsvp

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strconv"
	"sync"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

// maxPage is the size that no page exceeds, in octets.
const maxPage = 12 << 10

// logoName is the last part of the address of the brand's logo.
const logoName = "logo"

// source is the document of all pages.
//
//go:embed page.html
var source string

// document is the template of all pages, which is parsed once.
var document = sync.OnceValues(func() (*template.Template, error) { return template.New("page.html").Parse(source) })

// contentPolicy returns the Content-Security-Policy of all pages: it allows their style,
// the logo, and forms that are sent to the handler itself. It tries the template.
func (h *Handler) contentPolicy() (string, error) {
	p, err := h.blank(sample)
	if err != nil {
		return "", err
	}
	out, err := p.bytes()
	if err != nil {
		return "", err
	}
	_, style, ok := bytes.Cut(out, []byte("<style>"))
	style, _, closed := bytes.Cut(style, []byte("</style>"))
	if !ok || !closed {
		return "", errors.New("the document has no style")
	}
	sum := sha256.Sum256(style)
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'", nil
}

// bytes returns the document of a page.
func (p *page) bytes() ([]byte, error) {
	t, err := document()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = t.Execute(&b, p)
	return b.Bytes(), err
}

// show writes the page of a visit with a form. refused is the reason why the form was
// refused when it was sent; nil if it was not sent.
func (h *Handler) show(w http.ResponseWriter, r *http.Request, v *visit, f form, refused error) {
	status, notice := http.StatusOK, ""
	if refused != nil {
		status, notice = explain(refused)
	}
	var out []byte
	for _, most := range levels {
		p, err := h.page(v, f.page, most)
		if err != nil {
			h.broken(w, r, err)
			return
		}
		p.form(v, f, most)
		p.notice(r, v, notice)
		if out, err = p.bytes(); err != nil {
			h.broken(w, r, err)
			return
		}
		if len(out) <= maxPage {
			break
		}
	}
	writePage(w, r, status, out)
}

// notice sets the text about the form that was sent last. key is the reason why it was
// refused, or "".
func (p *page) notice(r *http.Request, v *visit, key string) {
	done := r.URL.Query().Get(queryDone)
	switch {
	case key != "":
		p.Notice = p.T(key)
	case done == pageAnswer && v.lastByLink() != nil:
		p.Notice, p.Done = p.T("thanks.answer"), true
	case done == pagePropose && v.lastProposal() != nil:
		p.Notice, p.Done = p.T("thanks.proposal"), true
	}
}

// fail writes a page about a request that leads to no meeting. It shows nothing of the
// text of an error.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, reason error) {
	status, key := explain(reason)
	if status == http.StatusServiceUnavailable {
		h.options.Logger.ErrorContext(r.Context(), "rsvp: a page cannot be shown", "error", reason)
	} else {
		h.options.Logger.DebugContext(r.Context(), "rsvp: a link was refused", "error", reason)
	}
	view := &body.View{Event: &ical.Event{Start: sample.Event.Start}, HideGuests: true, Language: h.language(r)}
	p, err := h.blank(view)
	if err != nil {
		h.broken(w, r, err)
		return
	}
	p.Heading, p.Texts = p.T(key), []string{p.T(key + ".text")}
	out, err := p.bytes()
	if err != nil {
		h.broken(w, r, err)
		return
	}
	writePage(w, r, status, out)
}

// broken answers a request if no page can be made: the time zone of the meeting is not
// known.
func (h *Handler) broken(w http.ResponseWriter, r *http.Request, err error) {
	h.options.Logger.ErrorContext(r.Context(), "rsvp: a page cannot be made", "error", err)
	http.Error(w, "This page does not work at the moment.", http.StatusInternalServerError)
}

// writePage writes a document.
func writePage(w http.ResponseWriter, r *http.Request, status int, out []byte) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	write(w, r, status, out)
}

// write writes a response, without its body if the request is HEAD.
func write(w http.ResponseWriter, r *http.Request, status int, data []byte) {
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(data) // an error is the reader's connection
	}
}
