package caldav

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The name spaces of the elements.
const (
	nsDAV    = "DAV:"
	nsCalDAV = "urn:ietf:params:xml:ns:caldav"
)

// sabreMessage is the text for people in an error of a server on sabre/dav.
var sabreMessage = xml.Name{Space: "http://sabredav.org/ns", Local: "message"}

func davName(local string) xml.Name { return xml.Name{Space: nsDAV, Local: local} }
func calName(local string) xml.Name { return xml.Name{Space: nsCalDAV, Local: local} }

// The limits of an XML body. A calendar collection with 10,000 entries has about 60,000
// elements in the answer to a search.
const (
	maxDepth    = 64
	maxElements = 100_000
)

// element is an XML element with its text and its children.
type element struct {
	Name     xml.Name
	Attrs    []xml.Attr
	Text     string // all text directly in the element
	Children []*element
}

// parseXML reads a body. It knows no entities except those of XML itself, and refuses a
// document type, so that the tree is never larger than the body.
func parseXML(body []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	root := new(element) // holds the root of the document
	stack := []*element{root}
	text := []*bytes.Buffer{{}}
	for count := 0; ; {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("malformed XML: %w", err)
		}
		top := stack[len(stack)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if count++; count > maxElements || len(stack) > maxDepth {
				return nil, errors.New("XML with too many elements")
			}
			e := &element{Name: t.Name, Attrs: t.Attr}
			top.Children = append(top.Children, e)
			stack, text = append(stack, e), append(text, new(bytes.Buffer))
		case xml.EndElement:
			top.Text = text[len(text)-1].String()
			stack, text = stack[:len(stack)-1], text[:len(text)-1]
		case xml.CharData:
			text[len(text)-1].Write(t)
		case xml.Directive:
			return nil, errors.New("XML with a document type")
		}
	}
	if len(root.Children) != 1 {
		return nil, errors.New("XML without one root")
	}
	return root.Children[0], nil
}

// child returns the first child of that name, nil if there is none or e is nil.
func (e *element) child(name xml.Name) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// find returns the first element of that name below e, in the order of the document, nil
// if there is none or e is nil.
func (e *element) find(name xml.Name) *element {
	if e == nil {
		return nil
	}
	for _, c := range e.Children {
		if c.Name == name {
			return c
		}
		if found := c.find(name); found != nil {
			return found
		}
	}
	return nil
}

// text returns the text of e without the space around it, "" if e is nil.
func (e *element) text() string {
	if e == nil {
		return ""
	}
	return strings.TrimSpace(e.Text)
}

// attr returns the value of an attribute.
func (e *element) attr(local string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// escape returns s as the text of an element.
func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}
