// Command program links package golden, and has a flag -update of its own.
package main

import (
	"flag"
	"fmt"

	"github.com/convene-go/convene/invite/invitetest/golden"
)

var (
	_ = flag.Bool("update", false, "")
	_ = golden.Assert
)

func main() {
	fmt.Print("flags:")
	flag.VisitAll(func(f *flag.Flag) { fmt.Print(" ", f.Name) })
	fmt.Println()
}
