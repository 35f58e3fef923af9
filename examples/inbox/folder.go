package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/convene-go/convene/invite"
)

// folder is the path of a folder with one meeting in each .json file. While this
// program runs, no other program may write to the folder.
type folder string

// stored is a meeting and the file that holds it.
type stored struct {
	path    string
	meeting *invite.Meeting
}

// read returns all meetings, in the order of their file names.
func (f folder) read() ([]stored, error) {
	paths, err := filepath.Glob(filepath.Join(string(f), "*.json"))
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(string(f)); err != nil {
		return nil, err
	}
	var out []stored
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		m := new(invite.Meeting)
		if err := json.Unmarshal(data, m); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out = append(out, stored{path, m})
	}
	return out, nil
}

// write replaces the file in one step, so that it is complete at any time. When
// write returns, the file is on the disk.
func (s *stored) write(m *invite.Meeting, step func(string)) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.path), ".meeting-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	step("half written")
	_, err = tmp.Write(append(data, '\n'))
	if err = errors.Join(err, tmp.Chmod(0o600), tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	step("written")
	if err := os.Rename(tmp.Name(), s.path); err != nil {
		return err
	}
	s.meeting = m
	return syncFolder(filepath.Dir(s.path))
}

// syncFolder syncs the names in a folder to the disk, so that a rename survives a
// power failure.
func syncFolder(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
