package inbox

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/internal/discreet"
)

// lookAtCur is the pause between two looks at cur. It holds all old mails, and seldom
// a new one.
const lookAtCur = time.Minute

// refill looks for mails and puts them into the queue. If there are none, Next waits. It
// also waits if the last look found mails and none of them could be read, so that such
// mails cost little.
func (m *maildir) refill() error {
	err := m.look()
	if err != nil && !m.looked {
		return fmt.Errorf("inbox: Maildir %q: %w", m.dir, err)
	}
	now, pause := time.Now(), m.o.Poll
	if err != nil {
		m.blind++
		pause = max(pause, min(m.plan.Pause(m.blind), lookAtCur))
		m.o.Logger.Error("inbox: the Maildir cannot be read", "dir", m.dir, "error", discreet.Error(err), "again", pause)
	} else {
		m.looked, m.blind = true, 0
	}
	m.plan.Fill()
	if len(m.plan.Queue) == 0 || m.owed {
		m.plan.Resume = m.plan.Next(now.Add(pause))
	}
	m.owed = len(m.plan.Queue) > 0
	return nil
}

// look reads new and, now and then, cur.
func (m *maildir) look() error {
	if m.dir == "" {
		return errors.New("the name of the folder is empty")
	}
	if err := m.scan("new"); err != nil {
		return err
	}
	now := time.Now()
	if now.Before(m.nextCur) {
		return nil
	}
	if err := m.scan("cur"); err != nil {
		return err
	}
	m.nextCur = now.Add(lookAtCur)
	return nil
}

// scan puts the mails of a subfolder into the queue, in the order of their arrival.
func (m *maildir) scan(sub string) error {
	dir, err := os.Open(filepath.Join(m.dir, sub))
	if err != nil {
		return err
	}
	defer dir.Close()
	m.reads++
	var found []*entry
	odd := make(map[string]bool)
	for err == nil {
		var names []fs.DirEntry
		names, err = dir.ReadDir(1024)
		m.listed += len(names)
		for _, d := range names {
			if e := m.find(sub, d, odd); e != nil {
				m.known[e.base] = e
				found = append(found, e)
			}
		}
	}
	slices.SortFunc(found, (*entry).compare)
	m.plan.Queue = append(m.plan.Queue, found...)
	if err != io.EOF {
		return err
	}
	m.odd[sub] = odd
	return nil
}

// find returns the entry for a file, and nil if it is no mail, if it has a flag, or if it
// is known already.
func (m *maildir) find(sub string, d fs.DirEntry, odd map[string]bool) *entry {
	name := d.Name()
	if strings.HasPrefix(name, ".") {
		return nil
	}
	e := m.newEntry(sub, name)
	if e.isFlagged() || m.known[e.base] != nil { // QUIRK: Dovecot also flags files in new (doveadm flags)
		return nil
	}
	if !d.Type().IsRegular() {
		odd[name] = true
		if !m.odd[sub][name] {
			m.o.Logger.Warn("inbox: not a file, passed over", "file", filepath.Join(m.dir, sub, name), "type", d.Type().String())
		}
		return nil
	}
	if !e.arrive(name) {
		info, err := d.Info()
		if err != nil {
			return nil // the file is gone; if it is not, the next look finds it
		}
		e.second, e.micro = info.ModTime().Unix(), info.ModTime().Nanosecond()/1000
	}
	return e
}

// compare orders mails by their arrival.
func (e *entry) compare(f *entry) int {
	return cmp.Or(cmp.Compare(e.second, f.second), cmp.Compare(e.micro, f.micro), cmp.Compare(e.name, f.name))
}
