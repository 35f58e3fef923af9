package invite

import "context"

// WithLedger returns a client that differs from c in its ledger alone. If l is nil,
// that client has none.
func (c *Client) WithLedger(l Ledger) *Client {
	out := *c
	out.options.Ledger = l
	return &out
}

// WithFiles returns a client that differs from c in Options.Files alone, see [Options].
func (c *Client) WithFiles(files func(ctx context.Context, uid, name, hash string) ([]byte, error)) *Client {
	out := *c
	out.options.Files = files
	return &out
}

// WithObserve returns a client that differs from c in Options.Observe alone. If observe is
// nil, nobody observes its steps.
func (c *Client) WithObserve(observe func(ctx context.Context, s Step)) *Client {
	out := *c
	out.options.Observe = observe
	return &out
}
