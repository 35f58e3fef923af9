package main

import (
	"bytes"
	"os"
	"testing"
)

// TestTable checks that the table is what the generator writes.
func TestTable(t *testing.T) {
	want, err := os.ReadFile("../table.go")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	main()
	if got, err := os.ReadFile("table.go"); err != nil || !bytes.Equal(got, want) {
		t.Errorf("table.go is not generated from the library that go.mod names: go generate ./internal/cldr (%v)", err)
	}
}
