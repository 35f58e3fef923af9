package main

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"time"

	"modernc.org/sqlite" // also the driver "sqlite", without C
)

// errSending reports that another process sends mails.
var errSending = errors.New("another process sends the mails of this store")

// lockSending makes this process the only one that sends. If another one is sending,
// lockSending waits for it, for at most the given time. The lock is a transaction on
// a file of its own, so it ends with the process, however the process ends.
//
// The transaction is immediate and not exclusive. An exclusive one first reads and
// then waits for all readers to end, so that two of them can stop each other.
func (s *store) lockSending(ctx context.Context, wait time.Duration) (unlock func() error, err error) {
	path := s.path + ".sending"
	if err := private(path); err != nil {
		return nil, err
	}
	db, err := sql.Open("sqlite", "file:"+path+"?_txlock=immediate")
	if err != nil {
		return nil, err
	}
	var tx *sql.Tx
	err = whileBusy(ctx, wait, func() (err error) {
		tx, err = db.BeginTx(context.WithoutCancel(ctx), nil) // otherwise the lock would end with ctx, before the last mail
		return err
	})
	if isBusy(err) {
		err = errors.Join(errSending, err)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return func() error { return errors.Join(tx.Rollback(), db.Close()) }, nil
}

// whileBusy repeats f while another process holds the lock that f needs, for at most
// the given time. f must have had no effect if it fails.
func whileBusy(ctx context.Context, wait time.Duration, f func() error) error {
	const pause = 20 * time.Millisecond
	for end := time.Now().Add(wait); ; {
		err := f()
		if !isBusy(err) || !time.Now().Before(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(pause):
		}
	}
}

// isBusy reports whether err says that another process holds a lock. The lower octet
// of a code is its kind (https://sqlite.org/rescode.html).
func isBusy(err error) bool {
	const busy, locked = 5, 6
	var e *sqlite.Error
	return errors.As(err, &e) && (e.Code()&0xff == busy || e.Code()&0xff == locked)
}

// private makes a file that no other user may read, if it does not exist yet. SQLite
// gives the files beside it the same mode. A file that exists is not even opened,
// because closing it would end the locks that this process has on it.
func private(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}
