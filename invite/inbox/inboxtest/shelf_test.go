package inboxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
)

const shelfTries, shelfSize = 3, 100_000

// shelf is a place in memory. Its sources keep all rules, except the rules that the fault
// breaks.
type shelf struct {
	mu    sync.Mutex
	mails []*item
	away  bool
	fault string
}

// item is a mail on a shelf.
type item struct {
	inbox.Mail
	mark   string // "", "taken" or "aside"
	holder *shelfSource
	since  time.Time // of the claim of holder
}

func newShelf(fault string) *Place {
	s := &shelf{fault: fault}
	return &Place{
		Open: s.open, Deliver: s.deliver, Aside: s.aside, Away: s.goAway,
		Tries: shelfTries, MaxSize: shelfSize, Envelope: true, Verifies: true, Shared: true, Claims: true,
	}
}

func (s *shelf) deliver(m *inbox.Mail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := &item{Mail: *m}
	it.ID = fmt.Sprint("shelf ", len(s.mails))
	s.mails = append(s.mails, it)
}

func (s *shelf) aside() (out [][]byte) {
	for _, it := range s.mails {
		if it.mark == "aside" {
			out = append(out, it.Data)
		}
	}
	return out
}

func (s *shelf) goAway() (back func()) {
	set := func(away bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.away = away
	}
	set(true)
	return func() { set(false) }
}

// shelfSource is a source that reads a shelf.
type shelfSource struct {
	*shelf
	pauses Pauses
	given  map[*inbox.Mail]*item
	asked  map[*inbox.Mail]context.Context // the context of the Next that gave the mail
	tries  map[*item]int
	due    map[*item]time.Time
	marks  map[*item]string // marks that this source knows of, for a fault
	owed   []*item          // mails that were taken in while the shelf was away
	seen   int              // mails on the shelf at the last look
	n      int              // mails that were given
	closed bool
}

func (s *shelf) open(p Pauses) inbox.Source {
	return &shelfSource{
		shelf: s, pauses: p, given: make(map[*inbox.Mail]*item),
		asked: make(map[*inbox.Mail]context.Context), tries: make(map[*item]int),
		due: make(map[*item]time.Time), marks: make(map[*item]string),
	}
}

func (r *shelfSource) has(fault string) bool { return r.fault == fault }

func (r *shelfSource) Next(ctx context.Context) (*inbox.Mail, error) {
	for first := true; ; first = false {
		if ctx.Err() != nil && !r.has("ignores the end") {
			if r.has("hides the end") {
				return nil, errors.New("no mail")
			}
			return nil, fmt.Errorf("shelf: %w", ctx.Err())
		}
		if m, err := r.look(first); m != nil || err != nil {
			r.asked[m] = ctx
			return m, err
		}
		if r.has("ignores the end") && ctx.Err() != nil {
			time.Sleep(late + time.Second)
			return nil, ctx.Err()
		}
		select {
		case <-time.After(time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// look returns the next mail, if there is one.
func (r *shelfSource) look(first bool) (*inbox.Mail, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.away {
		if r.has("fails while the place is away") {
			return nil, errors.New("away")
		}
		return nil, nil
	}
	if !r.has("forgets results while the place is away") && !r.has("notes no results later") {
		for _, it := range r.owed {
			r.set(it, "taken")
		}
	}
	r.owed = nil
	if first || !r.has("looks once for new mails") {
		r.seen = len(r.mails)
	}
	list := slices.Clone(r.mails[:r.seen])
	if r.has("gives the newest first") {
		slices.Reverse(list)
	}
	if r.has("sorts names as text") {
		slices.SortFunc(list, func(a, b *item) int { return strings.Compare(a.ID, b.ID) })
	}
	for _, it := range list {
		if !r.isFree(it) {
			continue
		}
		if len(it.Data) > shelfSize && !r.has("gives large mails") {
			if r.has("fails at a large mail") {
				return nil, errors.New("too large")
			}
			r.set(it, "aside")
			if r.has("removes large mails") {
				r.set(it, "removed")
			}
			continue
		}
		return r.give(it), nil
	}
	return nil, nil
}

// isFree reports whether a mail may be given now.
func (r *shelfSource) isFree(it *item) bool {
	mark := it.mark
	if r.has("marks in memory") {
		mark = r.marks[it]
	}
	if mark != "" || r.due[it].After(time.Now()) {
		return false
	}
	switch {
	case it.holder == nil, r.has("claims nothing") && it.holder != r:
		return true
	case it.holder == r:
		return r.has("gives mails in hand again") || r.has("reserves all mails") && !r.isGiven(it)
	}
	return time.Since(it.since) >= r.pauses.Lease
}

// isGiven reports whether a mail is in hand.
func (r *shelfSource) isGiven(it *item) bool {
	for _, other := range r.given {
		if other == it {
			return true
		}
	}
	return false
}

// give returns a mail, and claims it.
func (r *shelfSource) give(it *item) *inbox.Mail {
	it.holder, it.since = r, time.Now()
	if r.has("reserves all mails") {
		for _, other := range r.mails {
			if other.holder == nil {
				other.holder, other.since = r, time.Now()
			}
		}
	}
	if r.has("marks in Next") {
		r.set(it, "taken")
	}
	r.n++
	m := it.Mail
	m.Data = bytes.Clone(m.Data)
	switch r.fault {
	case "changes line ends":
		m.Data = bytes.ReplaceAll(m.Data, []byte("\r\n"), []byte("\n"))
	case "eats dots":
		m.Data = bytes.ReplaceAll(m.Data, []byte("\r\n.."), []byte("\r\n."))
	case "reads text":
		m.Data = bytes.ToValidUTF8(m.Data, []byte("?"))
	case "keeps Data":
		m.Data = it.Data
	case "numbers the mails itself":
		m.ID = fmt.Sprint(r.n)
	case "takes the Message-ID":
		_, after, _ := strings.Cut(string(m.Data), "Message-ID: ")
		m.ID, _, _ = strings.Cut(after, "\r\n")
	case "takes the recipient from the header":
		m.Recipient = "other@example.test"
	case "forgets the recipient":
		m.Recipient = ""
	case "believes the header":
		m.Verified = append(m.Verified, mime.AuthResult{AuthServID: "mx.example.com", Method: "spf", Value: "pass"})
	case "knows no checks from none found":
		m.Verified = append([]mime.AuthResult{}, m.Verified...)
	}
	r.given[&m] = it
	return &m
}

func (r *shelfSource) set(it *item, mark string) {
	it.mark, r.marks[it] = mark, mark
	it.holder = nil
}

func (r *shelfSource) Done(ctx context.Context, m *inbox.Mail, err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	it := r.given[m]
	if it == nil {
		return errors.New("shelf: not in hand")
	}
	if !r.has("counts each Done") {
		delete(r.given, m)
	}
	if r.has("needs the context of Next") && r.asked[m].Err() != nil {
		return r.asked[m].Err()
	}
	switch {
	case err == nil && r.away && r.has("fails in Done while the place is away"):
		return errors.New("away")
	case err == nil && r.away:
		r.owed = append(r.owed, it)
		r.due[it] = time.Now().Add(time.Hour)
		if r.has("forgets results while the place is away") {
			delete(r.due, it)
			it.holder = nil
		}
	case err == nil:
		r.set(it, "taken")
	default:
		r.fail(it, err)
	}
	return nil
}

// fail deals with a mail that could not be taken in.
func (r *shelfSource) fail(it *item, err error) {
	it.holder = nil
	it.mark = ""
	r.due[it] = time.Now().Add(r.pauses.Retry)
	if r.has("repeats at once") {
		delete(r.due, it)
	}
	if errors.Is(err, context.Canceled) && !r.has("counts a stop") {
		return
	}
	r.tries[it]++
	switch {
	case r.has("drops a mail that failed"):
		r.set(it, "removed")
	case r.has("gives up too early") && r.tries[it] == shelfTries-1:
		r.set(it, "aside")
	case r.tries[it] < shelfTries || r.has("never gives up"):
	case r.has("removes a mail after the last try"):
		r.set(it, "removed")
	case r.has("sets aside in memory"):
		r.due[it] = time.Now().Add(1000 * time.Hour)
	default:
		r.set(it, "aside")
	}
}

func (r *shelfSource) Close() error {
	if r.closed && r.has("closes once") {
		return errors.New("shelf: closed already")
	}
	r.closed = true
	if r.has("marks in Close") {
		for _, it := range r.given {
			r.set(it, "taken")
		}
	}
	return nil
}
