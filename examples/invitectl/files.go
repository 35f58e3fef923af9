package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/convene-go/convene/ical"
	"github.com/convene-go/convene/invite"
)

// readEvent reads an event from a file, which must hold nothing else.
func readEvent(path string) (ical.Event, error) {
	var e ical.Event
	data, err := os.ReadFile(path)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("%s: %w", path, err)
	}
	return e, nil
}

// readMeeting reads a meeting that an earlier command wrote.
func readMeeting(path string) (*invite.Meeting, error) {
	if path == "" {
		return nil, fmt.Errorf("%w: -meeting M.json is missing", errUsage)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m := new(invite.Meeting)
	if err := json.Unmarshal(data, m); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// checkNew returns an error if the file holds a meeting already, whose answers
// would be lost, or if its folder cannot be written to.
func checkNew(path string) error {
	data, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(bytes.TrimSpace(data)) > 0 {
		return fmt.Errorf("%s: exists already; a new meeting needs a file of its own", path)
	}
	tmp, err := createBeside(path)
	if err != nil {
		return err
	}
	return errors.Join(tmp.Close(), os.Remove(tmp.Name()))
}

// createBeside makes a temporary file in the folder of a file.
func createBeside(path string) (*os.File, error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".invitectl-*")
	if err != nil {
		return nil, fmt.Errorf("%s: cannot be replaced, because its folder takes no new file: %w", path, err)
	}
	return tmp, nil
}

// writeMeeting stores the meeting.
func writeMeeting(path string, m *invite.Meeting) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(path, append(data, '\n'))
}

// writeFile replaces a file in one step, so that it is complete at any time. Meetings
// and mails hold addresses, answers and reply tokens. So no other user may read the
// file, whatever its mode was before.
func writeFile(path string, data []byte) error {
	tmp, err := createBeside(path)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(data)
	if err = errors.Join(err, tmp.Chmod(0o600), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// printLine writes one JSON object on a line of its own.
func printLine(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
