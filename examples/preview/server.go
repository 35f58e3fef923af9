package main

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"html/template"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite/body"
)

//go:embed page.html
var pageHTML string

var page = template.Must(template.New("page").Parse(pageHTML))

// handler serves the page, the HTML of a mail and the version of the files.
func (s *source) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.servePage)
	mux.HandleFunc("GET /mail.html", s.serveMail)
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(w, s.version())
	})
	return local(mux)
}

// local refuses requests whose host is not a loopback address, which another site
// can cause by giving this address to its own name. It also forbids to cache the
// responses.
func local(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		if !isLoopback(strings.Trim(host, "[]")) {
			http.Error(w, "preview: this host is not a loopback address", http.StatusForbidden)
			return
		}
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// pageData is the data for page.html.
type pageData struct {
	choice
	All       bool // show all languages
	Version   string
	Error     string
	Event     string
	Languages []string
	Actions   []body.Action
	Readers   []ical.Attendee
	Mail      *parts
}

func (s *source) servePage(w http.ResponseWriter, r *http.Request) {
	d := &pageData{
		choice: chosen(r), All: r.FormValue("lang") == "all", Version: s.version(),
		Event: s.event, Languages: body.Languages(), Actions: actions,
	}
	st, err := s.load()
	if err == nil {
		d.Readers = st.event.Attendees
		d.Mail, err = st.write(d.choice)
	}
	if err != nil {
		d.Error = err.Error()
	}
	var b bytes.Buffer
	if err := page.Execute(&b, d); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes())
}

// serveMail serves only the HTML of a mail, for the frames of the page. The browser
// runs no script in it and loads nothing from elsewhere.
func (s *source) serveMail(w http.ResponseWriter, r *http.Request) {
	st, err := s.load()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	p, err := st.write(chosen(r))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:")
	io.WriteString(w, withPictures(p.Body))
}

// withPictures returns the HTML of a mail with its pictures as data URLs, because a
// browser cannot find the parts of a mail.
func withPictures(b *body.Body) string {
	html := b.HTML
	for _, i := range b.Inline {
		data := "data:" + i.MediaType + ";base64," + base64.StdEncoding.EncodeToString(i.Data)
		html = strings.ReplaceAll(html, `src="cid:`+i.ContentID+`"`, `src="`+data+`"`)
	}
	return html
}

// chosen returns the choice of a request.
func chosen(r *http.Request) choice {
	c := parseChoice(r.FormValue("lang"), r.FormValue("action"))
	c.Reader, _ = strconv.Atoi(r.FormValue("reader"))
	c.Reader = max(c.Reader, 0)
	return c
}
