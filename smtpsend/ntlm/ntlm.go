// Package ntlm is the SASL mechanism NTLM (MS-SMTPNTLM), which an Exchange server
// on premises offers if it does not offer PLAIN. Package smtpsend uses it for
// "auth=ntlm" in a URL, or if a server offers nothing better. A program needs the
// package only if it speaks SASL itself:
//
//	client := ntlm.NewClient(`EXAMPLE\ann`, password)
//	name, initial, err := client.Start()
//	response, err := client.Next(challenge)
//
// The package knows only NTLMv2. The mechanism alone is no protection: an attacker
// who reads the exchange can try passwords against it at leisure, and an attacker
// in the middle can pass it on. Use TLS.
package ntlm

import (
	"bytes"
	"fmt"

	"github.com/Azure/go-ntlmssp"
	"github.com/emersion/go-sasl"
)

// Name is the name of the mechanism in SASL.
const Name = "NTLM"

// signature begins each message of the protocol (MS-NLMP, section 2.2.1).
var signature = []byte("NTLMSSP\x00")

// Client is the client's side of one authentication.
type Client struct {
	username, password string
}

var _ sasl.Client = (*Client)(nil)

// NewClient returns a client for a user. The forms of username are user,
// DOMAIN\user and user@domain.
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
// QUIRK: if Exchange overlooks the initial response, it says "NTLM supported"
// first (smtpsend/testdata/ntlm.txt). Next then returns NEGOTIATE_MESSAGE again.
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
