package call

import (
	"errors"
	"net/http"
	"strings"
)

// shortestSecret is the least number of octets of a value that is removed from texts.
const shortestSecret = 6

// secretFields are the fields of a request whose values are secret.
var secretFields = []string{"Authorization", "X-Amz-Security-Token", "Proxy-Authorization"}

// hide removes secrets from a text: those of the API, and those that the transport of the
// caller has put into a request, which may be nil.
func (a *API) hide(text string, r *http.Request) string {
	secrets := a.Secrets
	if r != nil {
		for _, name := range secretFields {
			for _, value := range r.Header.Values(name) {
				secrets = append(secrets[:len(secrets):len(secrets)], value)
				secrets = append(secrets, strings.Fields(value)...)
			}
		}
	}
	for _, s := range secrets {
		if len(s) >= shortestSecret {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	return text
}

// scrub returns err with a text without the secrets of the API.
func (a *API) scrub(err error) error {
	text := err.Error()
	hidden := oneLine(a.hide(text, nil), maxText)
	if hidden == text {
		return err
	}
	return &scrubbed{hidden, err}
}

// scrubbed is an error with another text. It does not show the error itself, which has the
// secret.
type scrubbed struct {
	text string
	err  error
}

func (s *scrubbed) Error() string        { return s.text }
func (s *scrubbed) Is(target error) bool { return errors.Is(s.err, target) }
