package mailauth

// CountMACs returns the number of MACs that f computes.
func CountMACs(f func()) (n int) {
	counted = func() { n++ }
	defer func() { counted = nil }()
	f()
	return n
}
