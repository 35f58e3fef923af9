package ical

import "strings"

// The tables list the words of the wire that differ from ours. The entry for ""
// is written for the zero value.
var (
	wireRoles = map[Role]string{
		"": "REQ-PARTICIPANT", RoleRequired: "REQ-PARTICIPANT", RoleOptional: "OPT-PARTICIPANT",
		RoleInformational: "NON-PARTICIPANT",
	}
	wireKinds    = map[Kind]string{"": "INDIVIDUAL"}
	wireStatuses = map[Status]string{"": "NEEDS-ACTION"}
	wireClasses  = map[Sensitivity]string{"": "PUBLIC"}
	wireShows    = map[ShowAs]string{
		"": "BUSY", ShowOutOfOffice: "OOF", ShowWorkingElsewhere: "WORKINGELSEWHERE",
	}
)

// wireName returns an enumeration's value as it is written on the wire:
// IN-PROCESS for "in-process". If the table has an entry for the value, the
// entry is written instead.
func wireName[T ~string](v T, table map[T]string) string {
	if w, ok := table[v]; ok {
		return w
	}
	return strings.ToUpper(string(v))
}

// fromWire is the inverse of wireName. It returns "" for the RFC's default.
func fromWire[T ~string](wire string, table map[T]string) T {
	for v, w := range table {
		if v != "" && strings.EqualFold(w, wire) {
			if w == table[""] {
				return ""
			}
			return v
		}
	}
	if strings.EqualFold(wire, table[""]) {
		return ""
	}
	return T(strings.ToLower(wire))
}

// readWord reads the value of an enumeration. It returns the default, "", for
// text that is not a word.
func readWord[T ~string](v string, table map[T]string) T {
	v = strings.TrimSpace(v)
	if !isToken(v) {
		return ""
	}
	return fromWire(v, table)
}
