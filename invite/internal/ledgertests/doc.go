// Package ledgertests has only tests: of package invite's calls as a program sees
// them that keeps its meetings in an [github.com/convene-go/convene/invite.Ledger],
// also if the ledger fails, the process dies, or several programs are at work.
package ledgertests
