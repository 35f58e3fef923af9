package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/convene-go/convene/invite/inbox"
	"github.com/convene-go/convene/invite/inbox/webhook"
)

func ExamplePostmark() {
	// With a desk, Receive and Undelivered call its methods of these names.
	h, err := webhook.Postmark("postmark", "a long password", &webhook.Options{
		Receive: func(_ context.Context, m *inbox.Mail) error {
			fmt.Println("a mail to", m.Recipient)
			return nil
		},
		Undelivered: func(_ context.Context, id, email, text string) error {
			fmt.Println("a mail did not reach", email+":", text)
			return nil
		},
		Now: func() time.Time { return time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC) },
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	server := httptest.NewServer(h) // a service mounts h with http.Handle
	defer server.Close()

	post := func(user, password, body string) {
		r, _ := http.NewRequest(http.MethodPost, server.URL, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.SetBasicAuth(user, password)
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		a.Body.Close()
		fmt.Println(a.Status)
	}
	mail := `{"OriginalRecipient": "desk@example.com", "RawEmail": "From: ann@example.test\r\n\r\nYes"}`
	post("postmark", "a long password", mail)
	post("postmark", "a long password", mail) // again: it is taken in already
	post("postmark", "a long password", `{"RecordType": "Bounce", "Type": "HardBounce", "MessageID": "883953f4", "Email": "bob@example.test", "Details": "550 no such user"}`)
	post("postmark", "guessed", mail)
	// Output:
	// a mail to desk@example.com
	// 200 OK
	// 200 OK
	// a mail did not reach bob@example.test: 550 no such user
	// 200 OK
	// 401 Unauthorized
}
