// Package ntlm is the SASL mechanism NTLM (MS-SMTPNTLM), which Exchange on
// premises offers where it offers no PLAIN. Package smtpsend uses it for
// "auth=ntlm" in a URL, or where a server offers nothing better; a program
// needs the package only to speak SASL itself:
//
//	client := ntlm.NewClient(`EXAMPLE\ann`, password)
//	name, initial, err := client.Start()
//	response, err := client.Next(challenge)
//
// NTLMv2 only. It is no protection by itself: who reads the exchange can guess
// at the password at leisure, and who is in the middle can pass it on. Use TLS.
package ntlm

import (
	"bytes"
	"fmt"

	"github.com/Azure/go-ntlmssp"
	"github.com/emersion/go-sasl"
)

// Name is what servers call the mechanism.
const Name = "NTLM"

// signature begins each message of the protocol (MS-NLMP, section 2.2.1).
var signature = []byte("NTLMSSP\x00")

// Client is the client's side of one authentication.
type Client struct {
	username, password string
}

var _ sasl.Client = (*Client)(nil)

// NewClient returns a client for a user, who is named user, DOMAIN\user or
// user@domain.
func NewClient(username, password string) *Client {
	return &Client{username, password}
}

// Start returns NEGOTIATE_MESSAGE as the initial response.
func (c *Client) Start() (name string, initial []byte, err error) {
	initial, err = ntlmssp.NewNegotiateMessage("", "")
	return Name, initial, err
}

// Next answers CHALLENGE_MESSAGE with AUTHENTICATE_MESSAGE.
//
// QUIRK: Exchange that overlooked the initial response says "NTLM supported"
// first (smtpsend/testdata/ntlm.txt), and gets NEGOTIATE_MESSAGE once more.
func (c *Client) Next(challenge []byte) ([]byte, error) {
	if !bytes.HasPrefix(challenge, signature) {
		_, first, err := c.Start()
		return first, err
	}
	response, err := ntlmssp.NewAuthenticateMessage(challenge, c.username, c.password, nil)
	if err != nil {
		return nil, fmt.Errorf("ntlm: challenge: %w", err)
	}
	return response, nil
}
