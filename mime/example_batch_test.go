package mime_test

import (
	"fmt"
	"net/mail"
	"time"

	"github.com/convene-go/convene/mime"
)

// A Batch makes the mails of many recipients. It encodes content that they
// share once.
func ExampleBatch() {
	d := &mime.Draft{
		From: mail.Address{Address: "desk@example.com"}, Subject: "Design review",
		Date: time.Date(2027, time.March, 1, 9, 30, 0, 0, time.UTC), Text: "Wednesday 10 March 2027, 10:00, Room 4\n",
	}
	var b mime.Batch
	for _, to := range []string{"ann@example.com", "bob@example.com"} {
		d.To = []mail.Address{{Address: to}}
		m, err := b.Build(d)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(m.From, m.To)
	}
	// Output:
	// desk@example.com [ann@example.com]
	// desk@example.com [bob@example.com]
}
