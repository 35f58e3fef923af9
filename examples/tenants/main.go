// Command tenants is a service that sends meetings for several customers. Each has a mail
// server, a DKIM key, a brand, a language, a policy and limits of their own.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"log"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	_ "modernc.org/sqlite"

	"github.com/convene-go/convene/invite/desk"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:8080", "the `address` of the API")
	file := flag.String("db", "tenants.db", "the database, a `file`")
	list := flag.String("tenants", "tenants.json", "the tenants, a `file`")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *addr, *file, *list); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, addr, file, list string) error {
	configs, err := readConfigs(list)
	if err != nil {
		return err
	}
	db, err := sql.Open("sqlite", desk.SQLiteDSN(file))
	if err != nil {
		return err
	}
	defer db.Close()
	all, d, err := openTenants(ctx, db, configs)
	if err != nil {
		return err
	}
	defer all.close()
	return serve(ctx, all, d, &http.Server{Addr: addr, Handler: all.api()})
}

// serve runs all parts of the service until ctx ends or one of them fails.
func serve(ctx context.Context, all tenants, d *desk.Desk, server *http.Server) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	var parts sync.WaitGroup
	var failed error
	parts.Go(func() {
		failed = all.work(ctx, d)
		stop()
	})
	parts.Go(func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		server.Shutdown(last)
	})
	err := server.ListenAndServe()
	stop()
	parts.Wait()
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return errors.Join(err, failed)
}

// work sends the mails of all tenants, and takes their answers in, until ctx ends.
func (all tenants) work(ctx context.Context, d *desk.Desk) error {
	var readers sync.WaitGroup
	for _, t := range all {
		readers.Go(func() { t.read(ctx) })
	}
	defer readers.Wait()
	return d.Run(ctx)
}
