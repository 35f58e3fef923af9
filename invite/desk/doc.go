// Package desk keeps meetings in a SQL database, sends their mails, and takes the
// answers in. It is the memory that [invite.Client] does not have. A service starts
// here, with docs/first-service.md.
//
//	db, err := sql.Open("sqlite", desk.SQLiteDSN("meetings.db"))
//	d, err := desk.Open(ctx, db, invite.New(sender, nil), nil)
//	go d.Run(ctx) // wait for its end before db.Close
//	err = d.InTx(ctx, func(tx *sql.Tx, d *desk.Desk) error {
//		m, err := d.Send(ctx, event)
//		… // the program's own rows, through tx
//	})
//	r, err := d.Receive(ctx, &inbox.Mail{Data: raw})
//
// A desk is neither a calendar nor a queue for many machines. Beyond one machine, use
// PostgreSQL and the module riverdesk in the folder below, which has the queue River.
//
// # Rules
//
//   - The methods that make mails only store and queue them, so a booking and its invitation
//     commit in one transaction ([Desk.InTx]). The mails leave in [Desk.Run], or in
//     [Desk.Work] if a queue calls it.
//   - The row of a mail is the lock on it. The process that changes it from pending to
//     sending hands the mail over, and nobody else does. No lease, clock or queue decides whether a mail
//     goes out.
//   - After a crash, a mail that was being handed over is a leftover: it becomes unknown,
//     because nobody knows whether it arrived. [Desk.Resolve] ends that.
//   - Wait until Run has returned before you close the database: a mail may be in the hands
//     of the server, and its result is stored last.
//   - With [Options].Calendar, the desk also keeps an entry of each meeting in the
//     organizer's own calendar, which follows the meeting and never delays a mail.
//
// # Drivers
//
// A [Desk] works with SQLite and PostgreSQL through database/sql, and the program brings
// the driver: modernc.org/sqlite, github.com/jackc/pgx/v5/stdlib or github.com/lib/pq. If
// another transaction is in the way, their errors say so, and the desk tries again. The desk
// does not know the errors of other drivers, such as mattn/go-sqlite3. With them, a call
// fails if another transaction is in the way.
package desk
