package body

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"

	"github.com/convene-go/convene/internal/address"
)

// Image is a picture that goes with the HTML.
type Image struct {
	// Name is a file name. If it is "", a name is made.
	Name string
	// MediaType is "image/png", "image/jpeg" or "image/gif". If it is "", the
	// type is found from Data.
	MediaType string
	// ContentID has the form left@right, without angle brackets. If it is "", it
	// is made from Data.
	ContentID string
	// Data is the file, at most 256 KB.
	Data []byte
}

// maxLogo is the largest image that a mail to each attendee may carry, in octets.
const maxLogo = 256 << 10

// imageTypes are the types of images that mail clients show, each with the octets
// that its files begin with.
var imageTypes = []struct{ mediaType, extension, magic string }{
	{"image/png", ".png", "\x89PNG\r\n\x1a\n"},
	{"image/jpeg", ".jpg", "\xff\xd8\xff"},
	{"image/gif", ".gif", "GIF8"},
}

// complete returns a checked copy of the image in which every field is set.
func (i Image) complete() (Image, error) {
	if len(i.Data) > maxLogo {
		return i, fmt.Errorf("has %d octets, more than %d", len(i.Data), maxLogo)
	}
	i.Data = bytes.Clone(i.Data)
	for _, p := range imageTypes {
		if !bytes.HasPrefix(i.Data, []byte(p.magic)) {
			continue
		}
		if i.MediaType != "" && !strings.EqualFold(i.MediaType, p.mediaType) {
			return i, fmt.Errorf("is %s and not %.40q", p.mediaType, i.MediaType)
		}
		i.MediaType = p.mediaType
		if i.Name == "" {
			i.Name = "logo" + p.extension
		}
		if i.ContentID == "" {
			i.ContentID = fmt.Sprintf("%x@logo.invalid", sha256.Sum256(i.Data))[16:]
		}
		i.ContentID = strings.Trim(i.ContentID, "<>")
		if ascii, err := address.ASCII(i.ContentID); err != nil || ascii != i.ContentID {
			return i, fmt.Errorf("content ID %.60q is not of the form left@right", i.ContentID)
		}
		return i, nil
	}
	return i, errors.New("is neither PNG, JPEG nor GIF")
}
