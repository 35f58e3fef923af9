package call

import (
	"errors"
	"slices"
	"strings"
)

// shortestSecret is the least number of octets of a value that is removed from texts.
const shortestSecret = 6

// secretFields are the fields of a request whose values are secret.
var secretFields = []string{"Authorization", "X-Amz-Security-Token", "Proxy-Authorization"}

// secretsIn returns the secrets in a field of a request.
func secretsIn(name string, values []string) (out []string) {
	if !slices.ContainsFunc(secretFields, func(f string) bool { return strings.EqualFold(f, name) }) {
		return nil
	}
	for _, value := range values {
		out = append(append(out, value), strings.Fields(value)...)
	}
	return out
}

// hide removes secrets from a text: those of the API, and more.
func (a *API) hide(text string, more ...string) string {
	for _, s := range slices.Concat(a.Secrets, more) {
		if len(s) >= shortestSecret {
			text = strings.ReplaceAll(text, s, "[secret]")
		}
	}
	return text
}

// scrub returns err with a text without the secrets of the API, and without more.
func (a *API) scrub(err error, more ...string) error {
	text := err.Error()
	hidden := oneLine(a.hide(text, more...), maxText)
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
