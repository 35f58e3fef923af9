// Package riverdesk does the work of a [desk.Desk] on any number of machines, with the
// queue River (https://riverqueue.com) on the PostgreSQL database of the desk.
//
//	db, err := sql.Open("pgx", dsn) // database/sql, with the driver of pgx
//	listen, err := pgxpool.New(ctx, dsn)
//	q, err := riverdesk.New(db, listen, nil)
//	err = q.Migrate(ctx)
//	d, err := desk.Open(ctx, db, client, &desk.Options{Enqueue: q.Enqueue})
//	err = q.Start(ctx, d) // in the processes that send; it takes the place of d.Run
//	defer q.Stop(context.Background())
//
// There is one job for each meeting that has work: mails, reminders, events that are kept.
// A meeting whose entry in the organizer's calendar has to follow has a second one, in a
// queue of its own ([desk.Options].Calendar).
// It is stored in the transaction that stores the work, so a booking, its invitation and
// the job commit together. What there is to do, and when, stands in the tables of the
// desk. A job says only that somebody has to look. So no mail goes out twice if a job runs
// twice, and a job that is lost is found again.
//
// Processes may be killed, and the database may restart, at any time. The jobs of a dead
// process are taken up by another after three minutes at most. A mail that was being
// handed over becomes unknown, as with [desk.Desk.Run], because nobody knows whether it
// arrived. Mails that wait for room in an [invite.Pacer] are pending, and go out.
//
// # Tenants
//
// If [desk.Options].Clients is set, each [invite.Meeting.Tag] is a tenant. A tenant whose
// server is slow, or who queues thousands of mails, gets a part of the workers and a queue
// of their own, and the mails of the others do not wait for them. Meetings without a tag
// share all workers, so give each tenant a tag. The same holds for the calendars of
// tenants, also without Clients.
//
// # Sizes
//
// A process works at 128 meetings at a time, and calls the calendars of 128 others. Most
// of the time a worker waits for a mail server, and has no connection to the database. 20 connections for each process
// ([sql.DB.SetMaxOpenConns]) are enough, and two are needed. Let all of them stay open
// ([sql.DB.SetMaxIdleConns]): by default database/sql closes all but two, and a new
// connection to PostgreSQL costs more than the work at a mail. River keeps one more to
// listen on. A pooler in transaction mode such as PgBouncer must not lie between: the
// locks and LISTEN need a session.
//
// Each process has senders of its own, with limits of their own. If a mail server allows
// 20 connections, four processes may have five each.
package riverdesk
