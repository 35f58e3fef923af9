package inboxtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/mime"
)

func checkInHand(ctx context.Context, p *Place) error {
	mails := letters(3)
	p.deliver(mails...)
	r := p.open(ctx, long)
	defer r.close()
	var hand []*inbox.Mail
	for range mails {
		m, err := r.next()
		if err != nil {
			return fmt.Errorf("%d of %d mails are in hand: %w", len(hand), len(mails), err)
		}
		if slices.ContainsFunc(hand, func(other *inbox.Mail) bool { return nameOf(other) == nameOf(m) }) {
			return fmt.Errorf("the mail %q came, which is in hand", nameOf(m))
		}
		hand = append(hand, m)
	}
	if err := r.quiet(); err != nil {
		return fmt.Errorf("all mails are in hand: %w", err)
	}
	for _, m := range hand {
		if err := r.done(m, nil); err != nil {
			return err
		}
	}
	return nil
}

func checkOrder(ctx context.Context, p *Place) error {
	if p.Unordered {
		return errNotApplicable
	}
	mails := letters(14)
	p.deliver(mails[:12]...)
	r := p.open(ctx, long)
	defer r.close()
	for _, part := range [][]*inbox.Mail{mails[:12], mails[12:]} {
		var want []string
		for _, m := range part {
			want = append(want, nameOf(m))
		}
		got, err := r.finish(part...)
		if err != nil {
			return err
		}
		if !slices.Equal(got, want) {
			return fmt.Errorf("the mails came in the order %q, want %q", got, want)
		}
		if len(part) == 12 {
			p.deliver(mails[12:]...)
		}
	}
	return nil
}

func checkBytes(ctx context.Context, p *Place) error {
	bodies := []string{
		"", ".\r\n", "..\r\n.\r\n", "From x\r\n>From y\r\n", "\t \r\n\r\n", "tail", "caf\xc3\xa9 caf\xe9 \xff\xfe\r\n",
		strings.Repeat("x", 998) + "\r\n", strings.Repeat("y\r\n", 20_000),
	}
	want := make(map[string]*inbox.Mail)
	for i, body := range bodies {
		m := letter(fmt.Sprint("b", i))
		m.Data = append(m.Data, body...)
		m.Data = append(m.Data, "The end.\r\n"...)
		want[nameOf(m)] = m
		p.deliver(m)
	}
	r := p.open(ctx, long)
	defer r.close()
	for range bodies {
		m, err := r.next()
		if err != nil {
			return err
		}
		w := want[nameOf(m)]
		if w == nil {
			return fmt.Errorf("a mail came that was not delivered: %.200q", m.Data)
		}
		if !bytes.HasSuffix(m.Data, w.Data) {
			at := 0
			for at < min(len(m.Data), len(w.Data)) && m.Data[len(m.Data)-1-at] == w.Data[len(w.Data)-1-at] {
				at++
			}
			return fmt.Errorf("the mail %q changed: before its last %d octets it has %.40q, want %.40q", nameOf(m),
				at, tail(m.Data[:len(m.Data)-at]), tail(w.Data[:len(w.Data)-at]))
		}
		if err := r.done(m, nil); err != nil {
			return err
		}
	}
	return nil
}

// tail returns the last octets of data.
func tail(data []byte) []byte { return data[max(0, len(data)-40):] }

func checkForgets(ctx context.Context, p *Place) error {
	p.deliver(letter("m0"))
	r := p.open(ctx, short)
	defer r.close()
	m, err := r.next()
	if err != nil {
		return err
	}
	before := bytes.Clone(m.Data)
	for i := range m.Data {
		m.Data[i] = 'x'
	}
	if err := r.done(m, errStopped); err != nil {
		return err
	}
	again, err := r.next()
	switch {
	case errors.Is(err, errNoMail):
		return errUnclear
	case err != nil:
		return err
	case !bytes.Equal(again.Data, before):
		return fmt.Errorf("the program changed Data, and when the mail came again, it was %.100q, want %.100q", again.Data, before)
	}
	return r.done(again, nil)
}

func checkID(ctx context.Context, p *Place) error {
	a, b := letter("m1"), letter("m2")
	b.Data = bytes.Replace(b.Data, []byte("<m2@"), []byte("<m1@"), 1)
	p.deliver(letter("m0"), a, b)
	ids := make(map[string]string)
	for range 2 {
		r := p.open(ctx, short)
		err := r.ids(ids)
		if err := errors.Join(err, r.close()); err != nil {
			return err
		}
	}
	if ids["m1"] == ids["m2"] || ids["m0"] == ids["m1"] {
		return fmt.Errorf("two of the mails have the same ID: %q", ids)
	}
	return nil
}

// ids notes the identifiers of mails by their names. The mail m0 is taken in, and the
// others must come twice.
func (r *reader) ids(ids map[string]string) error {
	times := make(map[string]int)
	for tries := 0; times["m1"] < 2 || times["m2"] < 2; tries++ {
		m, err := r.next()
		switch {
		case errors.Is(err, errNoMail) || err == nil && tries > 100:
			return errUnclear
		case err != nil:
			return err
		}
		name := nameOf(m)
		switch before := ids[name]; {
		case m.ID == "":
			return fmt.Errorf("the mail %q has an empty ID", name)
		case before != "" && before != m.ID:
			return fmt.Errorf("the mail %q has the ID %q, and had the ID %q before", name, m.ID, before)
		}
		ids[name] = m.ID
		times[name]++
		result := errStopped
		if name == "m0" {
			result = nil
		}
		if err := r.done(m, result); err != nil {
			return err
		}
	}
	return nil
}

func checkEnvelope(ctx context.Context, p *Place) error {
	want := make(map[string]*inbox.Mail)
	for i, verified := range [][]mime.AuthResult{
		{{AuthServID: "mx.example.com", Method: "dkim", Value: "pass", Domain: "example.test"}}, {}, nil,
	} {
		m := letter(fmt.Sprint("m", i))
		m.Data = append([]byte("Authentication-Results: mx.example.com; spf=pass smtp.mailfrom=example.test\r\n"), m.Data...)
		m.Recipient, m.Verified = fmt.Sprintf("Desk+%d@example.com", i), verified
		want[nameOf(m)] = m
		p.deliver(m)
	}
	r := p.open(ctx, long)
	defer r.close()
	for range want {
		m, err := r.next()
		if err != nil {
			return err
		}
		w := want[nameOf(m)]
		if w == nil {
			return fmt.Errorf("a mail came that was not delivered: %.200q", m.Data)
		}
		if !p.Envelope {
			w.Recipient = ""
		}
		if !p.Verifies {
			w.Verified = nil
		}
		if m.Recipient != w.Recipient {
			return fmt.Errorf("the mail %q has the Recipient %q, want %q", nameOf(m), m.Recipient, w.Recipient)
		}
		if !reflect.DeepEqual(m.Verified, w.Verified) {
			return fmt.Errorf("the mail %q has Verified %#v, want %#v", nameOf(m), m.Verified, w.Verified)
		}
		if err := r.done(m, nil); err != nil {
			return err
		}
	}
	return nil
}
