package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"strings"

	"github.com/convene-go/convene/ical"
)

// readEvent reads the event and its guests.
func readEvent(eventFile, guestsFile string) (ical.Event, error) {
	var e ical.Event
	data, err := os.ReadFile(eventFile)
	if err != nil {
		return e, err
	}
	if err := json.Unmarshal(data, &e); err != nil {
		return e, fmt.Errorf("%s: %w", eventFile, err)
	}
	if e.UID == "" {
		return e, errors.New(eventFile + ": the uid is missing, which tells the next run that it is the same event")
	}
	e.Attendees, err = readGuests(guestsFile)
	return e, err
}

// readGuests reads a file with an address on each line: "Ann <ann@example.com>" or
// "ann@example.com". An address that comes twice is invited once.
func readGuests(file string) ([]ical.Attendee, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var guests []ical.Attendee
	seen := make(map[string]bool)
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		a, err := mail.ParseAddress(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		if key := strings.ToLower(a.Address); !seen[key] {
			seen[key] = true
			guests = append(guests, ical.Attendee{Name: a.Name, Email: a.Address})
		}
	}
	return guests, lines.Err()
}
