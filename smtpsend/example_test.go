package smtpsend_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend"
)

// exampleServer starts an LMTP server in this process.
func exampleServer() (addr string, stop func()) {
	d := &smtpd{}
	server := smtp.NewServer(smtp.BackendFunc(d.newSession))
	server.LMTP, server.ErrorLog = true, log.New(io.Discard, "", 0)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	go server.Serve(l)
	return l.Addr().String(), func() { server.Close() }
}

func Example() {
	addr, stop := exampleServer()
	defer stop()
	sender, err := smtpsend.Open("lmtp://" + addr)
	if err != nil {
		log.Fatal(err)
	}
	defer sender.Close()
	err = sender.Send(context.Background(), &mime.Message{
		From: "ann@example.com",
		To:   []string{"bob@example.com", "nobody@example.com"},
		Data: []byte("Subject: Lunch\r\n\r\nToday at noon.\r\n"),
	})
	var part *smtpsend.SendError
	if errors.As(err, &part) {
		fmt.Println("accepted:", part.Accepted)
		for _, e := range part.Errors {
			fmt.Println(e.Address, e.Code, e.Enhanced, "temporary:", e.Temporary)
		}
	}
	// Output:
	// accepted: [bob@example.com]
	// nobody@example.com 550 5.1.1 temporary: false
}

func ExampleOpen() {
	for _, url := range []string{
		"smtp://ann:secret@mail.example.com",
		"smtps://ann:secret@mail.example.com",
		"smtp://ann:se/cret@mail.example.com",
		"smtp://mail.example.com?tls=none",
	} {
		sender, err := smtpsend.Open(url)
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(sender)
		sender.Close()
	}
	// Output:
	// smtp://mail.example.com:587
	// smtps://mail.example.com:465
	// smtpsend: url: an @ after the host: user and password must be percent-encoded
	// smtpsend: url: tls="none" is unknown: required, implicit and insecure-none are known
}

// Functions set options that a URL from the environment cannot express.
func ExampleOpen_options() {
	sender, err := smtpsend.Open("smtp://desk%40example.com@smtp.office365.com?preset=microsoft365", func(o *smtpsend.Options) {
		o.Token = func(context.Context) (string, error) { return "a token from your identity platform", nil }
		o.Finish = 10 * time.Second
	})
	if err != nil {
		log.Fatal(err)
	}
	defer sender.Close()
	fmt.Println(sender)
	// Output: smtp://smtp.office365.com:587
}

func ExampleMicrosoft365() {
	o := smtpsend.Microsoft365()
	o.Username = "desk@example.com"
	o.Token = func(context.Context) (string, error) { return "a token from your identity platform", nil }
	sender, err := smtpsend.New("smtp.office365.com", o)
	if err != nil {
		log.Fatal(err)
	}
	defer sender.Close()
	fmt.Println(sender)
	// Output: smtp://smtp.office365.com:587
}
