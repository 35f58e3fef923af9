package ews

import (
	"bytes"
	"encoding/xml"
	"strconv"
)

// The namespaces of the protocol.
const (
	soapSpace     = "http://schemas.xmlsoap.org/soap/envelope/"
	messagesSpace = "http://schemas.microsoft.com/exchange/services/2006/messages"
	typesSpace    = "http://schemas.microsoft.com/exchange/services/2006/types"
)

// node is an element of a request. The prefixes of its name are s (SOAP), m (messages)
// and t (types).
type node struct {
	name  string
	attrs []string // names and values in turn
	text  string
	nodes []node
}

// elem returns an element with other elements in it.
func elem(name string, nodes ...node) node { return node{name: name, nodes: nodes} }

// leaf returns an element with a text.
func leaf(name, text string) node { return node{name: name, text: text} }

// with returns n with an attribute.
func (n node) with(name, value string) node {
	n.attrs = append(n.attrs[:len(n.attrs):len(n.attrs)], name, value)
	return n
}

// write writes n. Characters that XML cannot have become U+FFFD.
func (n node) write(b *bytes.Buffer) {
	b.WriteString("<" + n.name)
	for i := 0; i+1 < len(n.attrs); i += 2 {
		b.WriteString(" " + n.attrs[i] + `="`)
		_ = xml.EscapeText(b, []byte(n.attrs[i+1])) // a Buffer has no errors
		b.WriteString(`"`)
	}
	if n.text == "" && len(n.nodes) == 0 {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
	_ = xml.EscapeText(b, []byte(n.text))
	for _, child := range n.nodes {
		child.write(b)
	}
	b.WriteString("</" + n.name + ">")
}

// envelope returns the request with a body. The zone is the Windows name of a time zone,
// and empty if the request does not need one.
func (o *Options) envelope(body node, zone string) []byte {
	header := elem("s:Header")
	if o.Version != VersionExchange2007 { // its schema does not have the element
		header.nodes = append(header.nodes, node{name: "t:RequestServerVersion"}.with("Version", string(o.Version)))
	}
	if zone != "" && o.Version.since(VersionExchange2010) {
		header.nodes = append(header.nodes, elem("t:TimeZoneContext", node{name: "t:TimeZoneDefinition"}.with("Id", zone)))
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="utf-8"?>`)
	elem("s:Envelope", header, elem("s:Body", body)).
		with("xmlns:s", soapSpace).with("xmlns:m", messagesSpace).with("xmlns:t", typesSpace).
		write(&b)
	return b.Bytes()
}

// field returns the path of a property (MS-OXWSCDATA, section 2.2.5.26).
func field(uri string) node { return node{name: "t:FieldURI"}.with("FieldURI", uri) }

// extended is a property of MAPI that EWS has no element for.
type extended struct {
	set  string // DistinguishedPropertySetId
	id   int    // PropertyId
	kind string // PropertyType
	name string // PropertyName, in place of PropertyId if it is not empty
}

// The extended properties (MS-OXPROPS).
var (
	globalObjectID      = extended{"Meeting", 0x0003, "Binary", ""}      // PidLidGlobalObjectId
	cleanGlobalObjectID = extended{"Meeting", 0x0023, "Binary", ""}      // PidLidCleanGlobalObjectId
	sequenceNumber      = extended{"Appointment", 0x8201, "Integer", ""} // PidLidAppointmentSequence
	stateFlags          = extended{"Appointment", 0x8217, "Integer", ""} // PidLidAppointmentStateFlags
	responseStatus      = extended{"Appointment", 0x8218, "Integer", ""} // PidLidResponseStatus
)

// unfinished is a property of the package's own. It has the Data of a change that takes
// several requests, in base64, until all of them have succeeded.
var unfinished = extended{"PublicStrings", 0, "String", "convene-unfinished"}

// path returns the path of the property.
func (x extended) path() node {
	n := node{name: "t:ExtendedFieldURI"}.with("DistinguishedPropertySetId", x.set)
	if x.name != "" {
		return n.with("PropertyName", x.name).with("PropertyType", x.kind)
	}
	return n.with("PropertyId", strconv.Itoa(x.id)).with("PropertyType", x.kind)
}

// value returns the property with a value.
func (x extended) value(v string) node {
	return elem("t:ExtendedProperty", x.path(), leaf("t:Value", v))
}

// itemID returns the name of an item, with the version that it must have if key is not
// empty.
func itemID(id, key string) node {
	n := node{name: "t:ItemId"}.with("Id", id)
	if key != "" {
		n = n.with("ChangeKey", key)
	}
	return n
}
