package mime

// Receipt has the names that a server or an API gave to a mail that it took. A report on
// the mail may name it so. The zero value means that there are none.
type Receipt struct {
	// ID is the name of the mail to all recipients, except those in Of. "" means that the
	// server gave none. A name has no spaces. A text with spaces is a reply of the server
	// that names nothing, and is for people.
	ID string
	// Of has the name of the mail to single recipients, by the address as in Message.To,
	// if the server gave them different names. It is nil otherwise.
	Of map[string]string
}

// For returns the name of the mail to one recipient of Message.To.
func (r Receipt) For(to string) string {
	if id, ok := r.Of[to]; ok {
		return id
	}
	return r.ID
}
