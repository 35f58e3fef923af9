// Package bench compares parts of convene with what else there is for the same
// work. It is a module of its own, so that the peers are dependencies of nobody
// who uses convene; README.md has the figures and how to get them.
package bench
