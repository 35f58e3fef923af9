package googlecal_test

import (
	"bytes"
	"io"
	"net/http"
	"testing"

	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/googlecal"
)

// transport answers requests without a network.
type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// get reads the entry with the UID "u" from a list.
func get(t *testing.T, reply []byte) (organizer.Object, error) {
	client := &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(reply)), Request: r}, nil
	})}
	return googlecal.New(client, "primary", nil).Get(t.Context(), organizer.Object{UID: "u"})
}
