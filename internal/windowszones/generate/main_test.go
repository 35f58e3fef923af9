package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unpack returns a function that writes files of an npm package.
func unpack(files map[string]string) func(dir string) error {
	return func(dir string) error {
		for name, text := range files {
			path := filepath.Join(dir, "package", name)
			if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
				return err
			}
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				return err
			}
		}
		return nil
	}
}

// source returns the file of CLDR from which a table was made, in another order, and
// with zones of a territory.
func source(t *testing.T, table []byte) string {
	t.Helper()
	type line struct {
		MapZone mapping `json:"mapZone"`
	}
	lines := []line{{mapping{"Romance Standard Time", "Europe/Madrid", "ES"}}}
	for _, m := range regexp.MustCompile(`\{"(.*)", "(.*)"\},`).FindAllSubmatch(table, -1) {
		lines = append(lines, line{mapping{string(m[1]), string(m[2]), "001"}})
	}
	slices.Reverse(lines)
	data, err := json.Marshal(map[string]any{"supplemental": map[string]any{"windowsZones": map[string]any{"mapTimezones": lines}}})
	if err != nil || len(lines) < 100 {
		t.Fatal(len(lines), err)
	}
	return string(data)
}

// TestRun checks that the table in the repository is what the generator writes.
func TestRun(t *testing.T) {
	want, err := os.ReadFile("../table.go")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	if err := run(unpack(map[string]string{"supplemental/windowsZones.json": source(t, want), "LICENSE": "notice"}), out); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(out, "table.go"))
	if diff := cmp.Diff(string(want), string(got)); err != nil || diff != "" {
		t.Errorf("run writes another table (-table.go +got): %v\n%s", err, diff)
	}
	if notice, err := os.ReadFile(filepath.Join(out, "LICENSE")); err != nil || string(notice) != "notice" {
		t.Errorf("LICENSE = %q, %v, want the one of the package", notice, err)
	}
}

// TestRunErrors checks that no file is written if something is missing.
func TestRunErrors(t *testing.T) {
	none := errors.New("no network")
	for name, fetch := range map[string]func(string) error{
		"no package": func(string) error { return none },
		"no zones":   unpack(map[string]string{"LICENSE": "notice"}),
		"not JSON":   unpack(map[string]string{"supplemental/windowsZones.json": "x", "LICENSE": "notice"}),
		"no notice":  unpack(map[string]string{"supplemental/windowsZones.json": "{}"}),
	} {
		out := t.TempDir()
		err := run(fetch, out)
		if files, _ := os.ReadDir(out); err == nil || len(files) > 0 {
			t.Errorf("%s: run = %v and wrote %v, want an error and no file", name, err, files)
		}
	}
	if err := run(unpack(map[string]string{"supplemental/windowsZones.json": "{}", "LICENSE": ""}), "/missing/folder"); !os.IsNotExist(err) {
		t.Errorf("run into a folder that does not exist = %v", err)
	}
}

// TestProgram runs the whole program with a tar that unpacks files of its own.
func TestProgram(t *testing.T) {
	bin := t.TempDir()
	for name, script := range map[string]string{
		"npm": "exit 0",
		"tar": "mkdir -p package/supplemental && echo notice >package/LICENSE && echo {} >package/supplemental/windowsZones.json",
	} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	t.Chdir(t.TempDir())
	main()
	if notice, err := os.ReadFile("LICENSE"); err != nil || string(notice) != "notice\n" {
		t.Errorf("LICENSE = %q, %v, want the one of the package", notice, err)
	}
}

// TestFetchWithoutNpm checks that the error names the program that is missing.
func TestFetchWithoutNpm(t *testing.T) {
	t.Setenv("PATH", "")
	if err := fetch(t.TempDir()); err == nil || !regexp.MustCompile("^npm pack").MatchString(err.Error()) {
		t.Errorf("fetch = %v, want an error of npm", err)
	}
}
