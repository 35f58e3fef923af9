package folder_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/convene-go/convene/mime"
	"github.com/convene-go/convene/smtpsend/folder"
)

func Example() {
	dir, err := os.MkdirTemp("", "mails")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	sender, err := folder.New(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	err = sender.Send(context.Background(), &mime.Message{
		From: "ann@example.com",
		To:   []string{"bob@example.com"},
		Data: []byte("Subject: Lunch\r\n\r\nToday at noon.\r\n"),
	})
	if err != nil {
		log.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*-bob@example.com.eml"))
	fmt.Println(len(names), "file")
	// Output: 1 file
}
