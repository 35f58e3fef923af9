// Package jsonapi makes requests to a JSON API with the caller's HTTP client, which
// carries the credentials. It is the part that adapters of calendars have in common:
// limits on time and size, the pause that a server asks for, and errors without
// credentials. It does not repeat requests.
package jsonapi
