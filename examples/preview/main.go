// Command preview shows the mail of a meeting in a browser, for each language
// and action: HTML, text, calendar object and raw message side by side. The page
// reloads when a file changes, so that you can write templates and see the result.
// Run it and open the address that it prints:
//
//	go run ./examples/preview [-templates DIR] EVENT.json
//
// It serves only this machine and sends no mail.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/convene-go/convene/invite/body"
)

func main() {
	if err := run(os.Args[1:], os.Stderr); err != nil && !errors.Is(err, flag.ErrHelp) {
		log.Fatal(err)
	}
}

func run(args []string, out io.Writer) error {
	s, addr, err := parse(args, out)
	if err != nil {
		return err
	}
	l, err := listen(addr)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "http://%s/\n", l.Addr())
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second}
	return server.Serve(l)
}

// parse reads the command line.
func parse(args []string, out io.Writer) (*source, string, error) {
	f := flag.NewFlagSet("preview", flag.ContinueOnError)
	f.SetOutput(out)
	f.Usage = func() {
		fmt.Fprintln(out, "usage: preview [flags] EVENT.json")
		f.PrintDefaults()
	}
	addr := f.String("addr", "127.0.0.1:8025", "loopback `address` to serve")
	s := new(source)
	f.StringVar(&s.templates, "templates", "", "`folder` with templates of your own")
	f.StringVar(&s.before, "before", "", "`file` with the event before an update; without it one is made up")
	f.StringVar(&s.brand.Name, "brand", "", "`name` of the sender's brand")
	f.StringVar(&s.brand.Colour, "colour", "", "its colour, `#rrggbb`")
	f.StringVar(&s.logo, "logo", "", "`file` with its logo: PNG, JPEG or GIF")
	if err := f.Parse(args); err != nil {
		return nil, "", err
	}
	if f.NArg() != 1 {
		return nil, "", errors.New("preview: one EVENT.json is needed")
	}
	s.event = f.Arg(0)
	_, err := s.load()
	var broken *templateError
	if errors.As(err, &broken) {
		err = nil // the page shows the error, until the template is mended
	}
	return s, *addr, err
}

// listen opens a port that only this machine reaches, because the page shows its
// files to everybody who asks.
func listen(addr string) (net.Listener, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("preview: address %q: %w", addr, err)
	}
	if !isLoopback(host) {
		return nil, fmt.Errorf("preview: address %q is not a loopback address such as 127.0.0.1:8025", addr)
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, err
	}
	if tcp, ok := l.Addr().(*net.TCPAddr); !ok || !tcp.IP.IsLoopback() {
		l.Close()
		return nil, fmt.Errorf("preview: %q led to %s, which is not a loopback address", addr, l.Addr())
	}
	return l, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// actions are the actions that the page offers.
var actions = []body.Action{
	body.ActionInvitation, body.ActionUpdate, body.ActionCancellation, body.ActionReminder, body.ActionProposalDeclined,
	body.ActionRefusal, body.ActionRemoval, body.ActionPartialRemoval, body.ActionAnswer,
}
