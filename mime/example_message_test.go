package mime_test

import (
	"fmt"

	"github.com/convene-go/convene/mime"
)

// A Sender of your own begins with Validate.
func ExampleMessage_Validate() {
	m := &mime.Message{
		From: "desk@example.com",
		To:   []string{"ann@example.com", "bob@example.com\r\nRCPT TO:<eve@example.com>"},
		Data: []byte("Subject: Lunch\n\nToday at noon.\n"),
	}
	fmt.Println(m.Validate())
	// Output:
	// mime: To[1]: character U+000D at octet 15 is not allowed; Data: line 1: LF without CR
}

func ExampleMessage_Recipients() {
	m := new(mime.Message)
	for i := range 100 {
		m.To = append(m.To, fmt.Sprintf("p%d@example.com", i))
	}
	fmt.Println(m.Recipients())
	// Output: p0@example.com, p1@example.com, p2@example.com, p3@example.com, p4@example.com and 95 more
}
