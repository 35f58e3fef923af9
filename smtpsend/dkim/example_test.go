package dkim_test

import (
	"context"
	"crypto/ed25519"
	"fmt"
	"log"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/dkim"
)

func Example() {
	key := dkim.Key{
		Domain:   "example.com",
		Selector: "s1",
		Signer:   ed25519.NewKeyFromSeed([]byte("an example needs no secret here!")),
	}
	show := invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		fmt.Printf("%.14s\n", m.Data)
		return nil
	})
	sender, err := dkim.New(show, key, nil)
	if err != nil {
		log.Fatal(err)
	}
	err = sender.Send(context.Background(), &mime.Message{
		From: "ann@example.com",
		To:   []string{"bob@example.com"},
		Data: []byte("From: ann@example.com\r\nSubject: Lunch\r\n\r\nToday at noon.\r\n"),
	})
	if err != nil {
		log.Fatal(err)
	}
	record, err := key.Record()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(record[:22])
	// Output:
	// DKIM-Signature
	// v=DKIM1; k=ed25519; p=
}
