package ical

import "strings"

// The words of the wire where they differ from ours; "" is what is written for
// the zero value.
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

// wireName returns an enumeration's value as it stands on the wire: "in-process"
// as IN-PROCESS, or its entry in the table where the wire has another word.
func wireName[T ~string](v T, table map[T]string) string {
	if w, ok := table[v]; ok {
		return w
	}
	return strings.ToUpper(string(v))
}

// fromWire is the inverse of wireName; the default of the RFC comes back as "".
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

// readWord reads an enumeration; what is no word reads as the default.
func readWord[T ~string](v string, table map[T]string) T {
	v = strings.TrimSpace(v)
	if !isToken(v) {
		return ""
	}
	return fromWire(v, table)
}
