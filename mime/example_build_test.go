package mime_test

import (
	"errors"
	"fmt"
	"net/mail"
	"strings"
	"time"

	"github.com/convene-go/convene/mime"
)

func ExampleBuild() {
	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//example.com//demo//EN\r\nMETHOD:REQUEST\r\n…END:VCALENDAR\r\n"
	m, err := mime.Build(&mime.Draft{
		From:         mail.Address{Name: "Ada Example", Address: "ada@example.com"},
		To:           []mail.Address{{Name: "Böll, Bob", Address: "bob@bücher.example"}},
		Subject:      "Design review",
		Date:         time.Date(2027, time.March, 1, 9, 30, 0, 0, time.UTC),
		MessageID:    "review.0@example.com",
		Text:         "Wednesday 10 March 2027, 10:00, Room 4\n",
		Calendar:     []byte(ics),
		Method:       "REQUEST",
		NoAttachment: true,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	header, _, _ := strings.Cut(string(m.Data), "\r\n\r\n")
	fmt.Println(m.From, m.To)
	fmt.Println(strings.ReplaceAll(header, "\r\n", "\n"))
	// Output:
	// ada@example.com [bob@xn--bcher-kva.example]
	// Date: Mon, 01 Mar 2027 09:30:00 +0000
	// Message-ID: <review.0@example.com>
	// From: Ada Example <ada@example.com>
	// To: =?utf-8?q?B=C3=B6ll=2C_Bob?= <bob@xn--bcher-kva.example>
	// Subject: Design review
	// Content-Class: urn:content-classes:calendarmessage
	// MIME-Version: 1.0
	// Content-Type: multipart/alternative;
	//  boundary="=_cda3fbb35ae5ff84481d87d8-alternative"
}

func ExampleBuild_errors() {
	_, err := mime.Build(&mime.Draft{
		From:    mail.Address{Address: "ada@example.com"},
		To:      []mail.Address{{Address: "bob@example.com\r\nBcc: eve@example.com"}},
		Subject: "Design review\r\nBcc: eve@example.com",
		Text:    "Wednesday 10 March 2027\n",
	})
	fmt.Println(err)
	var fe *mime.FieldError
	if errors.As(err, &fe) {
		fmt.Println("first:", fe.Field)
	}
	// Output:
	// mime: To[0].Address: "bob@example.com\r\nBcc: eve" before the "@" is neither a dot-string nor a quoted-string (RFC 5321, section 4.1.2); Subject: control character U+000D at octet 13; Date: is not set
	// first: To[0].Address
}
