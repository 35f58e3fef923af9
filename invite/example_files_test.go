package invite_test

import (
	"context"
	"fmt"
	"log"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/mime"
)

// ExampleAttach queues an invitation with a file. When the mail is sent, the file is asked
// for again, because the Meeting has its description and not its data.
func ExampleAttach() {
	agenda := invite.File{Name: "agenda.txt", MediaType: "text/plain", Data: []byte("1. Figures\n2. Plans\n")}
	options := *exampleOptions
	options.Files = func(_ context.Context, uid, name, hash string) ([]byte, error) {
		fmt.Println("asked for", name, hash[:8])
		return agenda.Data, nil // from the program's own store
	}
	client := invite.New(invite.SenderFunc(func(_ context.Context, m *mime.Message) error {
		fmt.Println("a mail to", m.To[0])
		return nil
	}), &options)
	meeting, err := client.Send(context.Background(), lunch, invite.Attach(agenda), invite.QueueOnly())
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range meeting.Attached[0].Files {
		fmt.Println(f.Name, f.MediaType, f.Size, "octets")
	}
	if _, err := client.Resume(context.Background(), meeting); err != nil {
		log.Fatal(err)
	}
	// Output:
	// agenda.txt text/plain 20 octets
	// asked for agenda.txt 437fb589
	// a mail to ann@example.com
	// a mail to bob@example.com
}
