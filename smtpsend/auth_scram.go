package smtpsend

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/xdg-go/scram"
)

// The number of hash rounds that a server may ask for. With fewer rounds, passwords
// are cheap to try against a stolen exchange (RFC 7677, section 4). More rounds
// only keep the client busy.
const (
	minRounds = 4096
	maxRounds = 1 << 20
)

// scramClient is SCRAM-SHA-256 (RFC 7677) by xdg-go/scram. It trusts a server
// only after the server has shown that it knows the password too.
type scramClient struct {
	talk *scram.ClientConversation
}

var _ sasl.Client = (*scramClient)(nil)

func newScram(k credentials) (sasl.Client, error) {
	c, err := scram.SHA256.NewClient(k.username, k.password, "")
	if err != nil {
		return nil, errors.New("user or password has characters that SASLprep forbids")
	}
	return &scramClient{c.WithMinIterations(minRounds).NewConversation()}, nil
}

// Start returns the client's first message.
func (c *scramClient) Start() (name string, initial []byte, err error) {
	first, err := c.talk.Step("")
	return "SCRAM-SHA-256", []byte(first), err
}

// Next answers the server's first message with the proof, and its second message
// with an empty response.
func (c *scramClient) Next(challenge []byte) ([]byte, error) {
	if c.talk.Done() {
		return nil, sasl.ErrUnexpectedServerChallenge
	}
	if err := checkRounds(string(challenge)); err != nil {
		return nil, err
	}
	response, err := c.talk.Step(string(challenge))
	return []byte(response), err
}

// Finish returns an error if the server agreed without having proved itself
// (RFC 5802, section 5).
func (c *scramClient) Finish() error {
	if !c.talk.Valid() {
		return errors.New("the server did not prove that it knows the password")
	}
	return nil
}

// checkRounds refuses a number of rounds that takes seconds to compute.
func checkRounds(challenge string) error {
	for part := range strings.SplitSeq(challenge, ",") {
		if n, ok := strings.CutPrefix(part, "i="); ok {
			if rounds, err := strconv.Atoi(n); err != nil || rounds > maxRounds {
				return fmt.Errorf("server asks for more than %d rounds", maxRounds)
			}
		}
	}
	return nil
}
