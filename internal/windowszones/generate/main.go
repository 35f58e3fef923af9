// Generate writes the table of package windowszones, and the licence notice
// that goes with it, from the npm package cldr-core. It needs npm and a network:
//
//	go generate ./internal/windowszones
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"go/format"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// release is the version of cldr-core from which the table is generated.
const release = "48.2.0"

func main() {
	log.SetFlags(0)
	log.SetPrefix("generate: ")
	if err := run(fetch, "."); err != nil {
		log.Fatal(err)
	}
}

// run writes the table and the notice into the folder out. fetch unpacks the npm package
// into a folder.
func run(fetch func(dir string) error, out string) error {
	dir, err := os.MkdirTemp("", "cldr")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := fetch(dir); err != nil {
		return err
	}
	zones, err := read(filepath.Join(dir, "package", "supplemental", "windowsZones.json"))
	if err != nil {
		return err
	}
	source, err := render(zones)
	if err != nil {
		return err
	}
	licence, err := os.ReadFile(filepath.Join(dir, "package", "LICENSE"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "LICENSE"), licence, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "table.go"), source, 0o644)
}

// fetch unpacks the npm package into dir.
func fetch(dir string) error {
	for _, args := range [][]string{
		{"npm", "pack", "--silent", "cldr-core@" + release},
		{"tar", "-xzf", "cldr-core-" + release + ".tgz"},
	} {
		c := exec.Command(args[0], args[1:]...)
		c.Dir, c.Stderr = dir, os.Stderr
		if err := c.Run(); err != nil {
			return fmt.Errorf("%s: %w", strings.Join(args, " "), err)
		}
	}
	return nil
}

// mapping is one line of the source: a Windows name, a territory, and zones.
type mapping struct {
	Windows   string `json:"_other"`
	IANA      string `json:"_type"`
	Territory string `json:"_territory"`
}

// read returns the lines of territory 001, sorted by Windows name without case.
// Territory 001 is the world: it applies if the user's territory is unknown.
func read(path string) ([]mapping, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Supplemental struct {
			WindowsZones struct {
				MapTimezones []struct {
					MapZone mapping `json:"mapZone"`
				} `json:"mapTimezones"`
			} `json:"windowsZones"`
		} `json:"supplemental"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, err
	}
	var out []mapping
	for _, m := range file.Supplemental.WindowsZones.MapTimezones {
		if m.MapZone.Territory == "001" {
			out = append(out, m.MapZone)
		}
	}
	slices.SortFunc(out, func(a, b mapping) int {
		return cmp.Compare(strings.ToLower(a.Windows), strings.ToLower(b.Windows))
	})
	return out, nil
}

// render returns the source of table.go.
func render(zones []mapping) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Code generated from cldr-core %s, supplemental/windowsZones.json. DO NOT EDIT.\n\n", release)
	b.WriteString("// Copyright © Unicode, Inc. SPDX-License-Identifier: Unicode-3.0 (see LICENSE in this folder).\n\n")
	b.WriteString("package windowszones\n\n// table is sorted by Windows name without case.\nvar table = [...]zone{\n")
	for _, z := range zones {
		fmt.Fprintf(&b, "{%q, %q},\n", z.Windows, z.IANA)
	}
	b.WriteString("}\n")
	return format.Source(b.Bytes())
}
