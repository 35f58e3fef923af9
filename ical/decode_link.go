package ical

import ics "github.com/arran4/golang-ical"

// passOverLink reports whether p is left out because it holds a link that runs a
// program or opens a file, see checkLink. If so, [Calendar.Skipped] names p.
func (x *eventReader) passOverLink(p *ics.BaseProperty) bool {
	switch p.IANAToken {
	case "URL", "CONFERENCE", "ATTACH":
	default:
		if eventProperties[p.IANAToken] {
			return false
		}
	}
	err := checkLinkOf(p.IANAToken, p.ICalParameters, p.Value)
	if err != nil {
		x.skipped.addf("%.40s %v", p.IANAToken, err)
	}
	return err != nil
}

// extraParams returns a copy of the parameters of p, nil if there are none.
func (x *eventReader) extraParams(p *ics.BaseProperty) map[string][]string {
	if len(p.ICalParameters) == 0 {
		return nil
	}
	params := cloneParams(p.ICalParameters)
	x.dropLinkParams(p.IANAToken, params)
	return params
}

// dropLinkParams deletes the parameters that checkLinkParam refuses. It names each in
// [Calendar.Skipped].
func (x *eventReader) dropLinkParams(property string, params map[string][]string) {
	dropParams(params, func(name string, err error) { x.skipped.addf("%.40s;%.40s %v", property, name, err) })
}
