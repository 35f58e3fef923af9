package riverdesk_test

import (
	"context"
	"database/sql"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/jackc/pgx/v5/pgxpool"
	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/desk"
	"github.com/convene-go/convene/invite/desk/riverdesk"
	"github.com/convene-go/convene/smtpsend"
)

// A worker process sends the mails that it and others have queued, until it is told to
// stop.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := work(ctx, os.Getenv("DATABASE_URL")); err != nil {
		log.Fatal(err)
	}
}

func work(ctx context.Context, dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(20)
	db.SetMaxIdleConns(20)
	listen, err := pgxpool.New(ctx, dsn)
	if err != nil {
		return err
	}
	defer listen.Close()
	sender, err := smtpsend.New("mail.example.com:587", &smtpsend.Options{Connections: 5})
	if err != nil {
		return err
	}
	defer sender.Close()

	q, err := riverdesk.New(db, listen, nil)
	if err != nil {
		return err
	}
	if err := q.Migrate(ctx); err != nil {
		return err
	}
	client := invite.New(sender, &invite.Options{Parallel: 4})
	d, err := desk.Open(ctx, db, client, &desk.Options{Enqueue: q.Enqueue})
	if err != nil {
		return err
	}
	if err := q.Start(ctx, d); err != nil {
		return err
	}
	<-ctx.Done()
	return q.Stop(context.Background())
}
