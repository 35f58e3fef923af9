// Package ledgertests tests the calls of package invite with a Ledger, from a
// program's view. It includes failures of the ledger, crashes, and several programs
// at once.
package ledgertests
