package desktest

import (
	"context"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
)

// TestCommitFails lets the commit of a claim fail after the database has returned the rows.
// No mail is handed over. The time is the fake one of synctest.
func TestCommitFails(t *testing.T) {
	eachBubble(t, func(t *testing.T, x database) {
		w := newWorld(t, x, desk.Options{})
		defer w.db.Close()
		uid := w.send(lunch(3))
		statements := []string{
			`CREATE TABLE a (n BIGINT PRIMARY KEY)`,
			`CREATE TABLE b (n BIGINT REFERENCES a (n) DEFERRABLE INITIALLY DEFERRED)`,
		}
		if x.driver == "sqlite" {
			statements = append(statements, `CREATE TRIGGER bad AFTER UPDATE ON convene_mails BEGIN INSERT INTO b VALUES (1); END`)
		} else {
			statements = append(statements, `CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO b VALUES (1); RETURN NEW; END'`,
				`CREATE TRIGGER bad AFTER UPDATE ON convene_mails FOR EACH ROW EXECUTE FUNCTION bad()`)
		}
		for _, s := range statements {
			must(w.db.Exec(s))(t)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		sent := 0
		db := x.open(t)
		defer db.Close()
		d := open(t, db, &desk.Options{Now: w.clock.Now}, invite.New(invite.SenderFunc(func(context.Context, *invite.Message) error { sent++; return nil }), w.o))
		if err := d.Deliver(ctx, uid); err == nil {
			t.Error("Deliver = nil, although nothing could be committed")
		}
		check(t, "mails", 0, sent)
		w.checkStates("after the failures", uid, pending, pending, pending)
		if x.driver == "sqlite" {
			must(w.db.Exec(`DROP TRIGGER bad`))(t)
		} else {
			must(w.db.Exec(`DROP TRIGGER bad ON convene_mails`))(t)
		}
		if err := d.Deliver(t.Context(), uid); err != nil {
			t.Error(err)
		}
		check(t, "mails at last", 3, sent)
		w.checkStates("at last", uid, delivered, delivered, delivered)
	})
}
