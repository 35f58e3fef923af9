package mime_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/convene-go/convene/mime"
)

func ExampleRead() {
	const mail = `Delivered-To: meetings+k7f3@example.com
From: Bob Example <bob@example.test>
To: meetings+k7f3@example.com
Subject: Accepted: Design review
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain

I will come.
--b
Content-Type: text/calendar; method=REPLY
Content-Transfer-Encoding: base64

QkVHSU46VkNBTEVOREFSCk1FVEhPRDpSRVBMWQpFTkQ6VkNBTEVOREFSCg==
--b--
`
	m, err := mime.Read(strings.NewReader(mail), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("from:", m.From[0].Address)
	fmt.Println("came to:", m.DeliveredTo[0])
	fmt.Println("text:", m.Text)
	for _, c := range m.Calendars {
		fmt.Printf("%s, method %s:\n%s", c.MediaType, c.Method, c.Data)
	}
	// Output:
	// from: bob@example.test
	// came to: meetings+k7f3@example.com
	// text: I will come.
	// text/calendar, method REPLY:
	// BEGIN:VCALENDAR
	// METHOD:REPLY
	// END:VCALENDAR
}

// A limit or damage is not an error. Problems says which parts of the mail were
// left out.
func ExampleReceived_problems() {
	const mail = `From: bob@example.test
Content-Type: text/calendar; method=REPLY
Content-Transfer-Encoding: base64

QkVHSU46Vk*NBTEVOREFS
`
	m, err := mime.Read(strings.NewReader(mail), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s\n", m.Calendars[0].Data)
	fmt.Println(m.Problems[0])
	// Output:
	// BEGIN:VCALENDAR
	// part 0 (text/calendar): damaged base64: foreign characters skipped
}
