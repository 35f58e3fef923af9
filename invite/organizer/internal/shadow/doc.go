// Package shadow keeps what was last written to a calendar beside the entry, in a
// property that people do not see. A server that has no field for an attendee's role, or
// for an answer, then still gives back what was written. What people have changed in the
// fields that they see comes from these fields.
//
// The functions are pure.
package shadow
