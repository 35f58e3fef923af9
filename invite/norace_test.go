//go:build !race

package invite_test

const raceFactor = 1
