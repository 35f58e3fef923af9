package mime

import "slices"

// reversePath returns the address to which delivery reports go (RFC 5321,
// section 4.4).
func (cd *checkedDraft) reversePath() string {
	if cd.sender.addr != "" {
		return cd.sender.addr
	}
	return cd.from.addr
}

// forwardPaths returns the address of each recipient once, in the spelling that
// comes first.
func (cd *checkedDraft) forwardPaths() []string {
	paths := make([]string, 0, len(cd.to)+len(cd.cc))
	var seen map[string]bool
	if cap(paths) > 16 { // fewer are found faster in the list
		seen = make(map[string]bool, cap(paths))
	}
	for _, list := range [][]mailbox{cd.to, cd.cc} {
		for _, m := range list {
			if !known(paths, seen, m) {
				paths = append(paths, m.addr)
			}
		}
	}
	return paths
}

// known reports whether m is in paths. If seen is not nil, known looks there
// instead, and adds m.
func known(paths []string, seen map[string]bool, m mailbox) bool {
	if seen == nil {
		return slices.ContainsFunc(paths, func(addr string) bool { return m.same(mailbox{addr: addr}) })
	}
	k := m.key()
	found := seen[k]
	seen[k] = true
	return found
}
