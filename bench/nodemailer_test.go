package bench

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
)

// nodemailer is a process that sends mails with nodemailer, see nodemailer/send.js.
type nodemailer struct {
	in  io.Writer
	out *bufio.Scanner
}

// task is a number of mails to send. Store is "", or the kind of the database in which each
// mail has a row, which is written before and after it is sent.
type task struct {
	Port     int    `json:"port"`
	Parallel int    `json:"parallel"`
	N        int    `json:"n"`
	Store    string `json:"store,omitempty"`
	Address  string `json:"address,omitempty"`
}

// startNodemailer starts the process. It is nil if Node or its packages are missing, which
// is said aloud, and with -short. The texts and the calendar object are finished.
func startNodemailer(b *testing.B) *nodemailer {
	b.Helper()
	if testing.Short() {
		return nil
	}
	if _, err := os.Stat("nodemailer/node_modules/nodemailer"); err != nil {
		skipped("nodemailer", errors.New("run npm install in bench/nodemailer"))
		return nil
	}
	cmd := exec.Command("node", "send.js")
	cmd.Dir, cmd.Stderr = "nodemailer", os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		skipped("nodemailer", err)
		return nil
	}
	b.Cleanup(func() {
		in.Close()
		cmd.Wait()
	})
	p := &nodemailer{in, bufio.NewScanner(out)}
	e := meeting(b)
	w, object := page(b)(&e), ""
	e.Attendees = e.Attendees[:1]
	object = peerCalendar(&e)
	letter := map[string]string{"from": e.Organizer.Email, "subject": "Invitation: " + e.Summary, "text": w.text, "html": w.html, "calendar": object}
	if err := p.call(map[string]any{"letter": letter}); err != nil {
		b.Fatal(err)
	}
	return p
}

// call lets the process do something, and waits for its end.
func (p *nodemailer) call(what any) error {
	data, err := json.Marshal(what)
	if err != nil {
		return err
	}
	if _, err := p.in.Write(append(data, '\n')); err != nil {
		return err
	}
	if !p.out.Scan() {
		return fmt.Errorf("nodemailer has ended: %w", errors.Join(io.ErrUnexpectedEOF, p.out.Err()))
	}
	var answer struct{ Error string }
	if err := json.Unmarshal(p.out.Bytes(), &answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return errors.New(answer.Error)
	}
	return nil
}
