// Package bench compares parts of convene with other libraries that do the same
// work. It is a module of its own, so that programs that use convene do not depend
// on these libraries. README.md has the figures and the commands that measure them.
package bench
