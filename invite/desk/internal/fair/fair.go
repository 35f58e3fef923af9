// Package fair divides the workers of a process among tenants, so that no tenant waits
// for the mail server of another.
package fair

// Places are the places for the meetings that are worked at. Each tenant may take as many
// as Least, and a sixteenth of the free ones. So a tenant alone has many, many tenants have
// few each, and there are free places even if dozens of tenants wait for slow servers.
// Places are not safe for concurrent use.
type Places struct {
	all, least, used int
	taken            map[string]int
}

// share is the part of the free places that a tenant may have: one of so many.
const share = 16

// New returns free places.
func New(all, least int) *Places {
	return &Places{all: all, least: least, taken: make(map[string]int)}
}

// Take takes a place for a tenant. It reports false if the tenant may not have it now.
func (p *Places) Take(tenant string) bool {
	free := p.all - p.used
	if free <= 0 || p.taken[tenant] >= p.least+free/share {
		return false
	}
	p.used++
	p.taken[tenant]++
	return true
}

// Give gives a place of a tenant back.
func (p *Places) Give(tenant string) {
	p.used--
	if p.taken[tenant]--; p.taken[tenant] == 0 {
		delete(p.taken, tenant)
	}
}
