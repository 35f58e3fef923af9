// Package shadow keeps the data that was written last beside an entry, in a property that
// people do not see. A server that has no field for an attendee's role, or
// for an answer, then still gives it back. The changes that people make in the fields
// that they see come from these fields.
//
// The functions are pure.
package shadow
