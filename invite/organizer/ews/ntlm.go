package ews

import (
	"bytes"
	"context"
	"crypto"
	"crypto/md5"
	_ "crypto/sha256" // for crypto.Hash
	_ "crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"net/http"

	"github.com/Azure/go-ntlmssp"
)

// ntlm sends a request on a connection that has a login, after logging in if it has none
// (MS-NTHT). The server has not carried out a request that it answers with 401, so
// sending it again is safe.
func (s *server) ntlm(ctx context.Context, op string, body []byte) (*reply, error) {
	if s.loggedIn {
		r, err := s.post(ctx, op, body, "")
		if s.loggedIn = err == nil && r.status != http.StatusUnauthorized; s.loggedIn || err != nil {
			return r, err
		}
	}
	// A login is tried again only if its two requests went over different connections: a
	// wrong password that is sent often locks the account.
	const tries = 3
	for i := 1; ; i++ {
		r, again, err := s.login(ctx, op, body)
		if err != nil || !again || i == tries {
			return r, err
		}
	}
}

// login logs in, and sends the request with the last message of the login. again says
// that the server could not judge the login.
func (s *server) login(ctx context.Context, op string, body []byte) (r *reply, again bool, err error) {
	negotiate, err := ntlmssp.NewNegotiateMessage("", "")
	if err != nil {
		return nil, false, err
	}
	first, err := s.post(ctx, op, nil, s.scheme+" "+base64.StdEncoding.EncodeToString(negotiate))
	if err != nil {
		return nil, false, err
	}
	text, offered := first.challenge(s.scheme)
	if _, other := first.challenge(schemeNegotiate); !offered && other && s.scheme == schemeNTLM {
		s.scheme = schemeNegotiate
		return first, true, nil
	}
	if first.status != http.StatusUnauthorized || text == "" {
		return first, false, nil
	}
	challenge, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, false, fmt.Errorf("ntlm: the challenge is not base64")
	}
	authenticate, err := ntlmssp.NewAuthenticateMessage(bindChannel(challenge, first.tls), s.options.Username, s.options.Password, nil)
	if err != nil {
		return nil, false, fmt.Errorf("ntlm: challenge: %w", err)
	}
	r, err = s.post(ctx, op, body, s.scheme+" "+base64.StdEncoding.EncodeToString(authenticate))
	if err != nil {
		return nil, false, err
	}
	s.loggedIn = r.status != http.StatusUnauthorized
	return r, !s.loggedIn && r.conn != first.conn, nil
}

// The places of the fields of CHALLENGE_MESSAGE (MS-NLMP, section 2.2.1.2), and the
// AvIds of AV_PAIR (section 2.2.2.1).
const (
	challengeTargetInfo = 40
	challengeMinimum    = 48
	avEOL               = 0
	avChannelBindings   = 10
)

// bindChannel adds the channel binding of the connection to the target information of a
// challenge, from which the response copies it. A challenge that it cannot read stays
// unchanged.
func bindChannel(challenge []byte, state *tls.ConnectionState) []byte {
	if state == nil || len(state.PeerCertificates) == 0 || len(challenge) < challengeMinimum {
		return challenge
	}
	length := int(binary.LittleEndian.Uint16(challenge[challengeTargetInfo:]))
	offset := uint64(binary.LittleEndian.Uint32(challenge[challengeTargetInfo+4:]))
	if length < 4 || offset+uint64(length) > uint64(len(challenge)) {
		return challenge
	}
	info := challenge[offset : offset+uint64(length)]
	if end := info[length-4:]; binary.LittleEndian.Uint32(end) != avEOL || length > 0x8000 {
		return challenge
	}
	pairs := bytes.Clone(info[:length-4])
	pairs = binary.LittleEndian.AppendUint16(pairs, avChannelBindings)
	pairs = binary.LittleEndian.AppendUint16(pairs, md5.Size)
	hash := channelBinding(state.PeerCertificates[0])
	pairs = append(append(pairs, hash[:]...), 0, 0, 0, 0)

	out := bytes.Clone(challenge)
	binary.LittleEndian.PutUint16(out[challengeTargetInfo:], uint16(len(pairs)))
	binary.LittleEndian.PutUint16(out[challengeTargetInfo+2:], uint16(len(pairs)))
	binary.LittleEndian.PutUint32(out[challengeTargetInfo+4:], uint32(len(out)))
	return append(out, pairs...)
}

// channelBinding returns the hash of the gss_channel_bindings_struct (RFC 2744, section
// 3.11) whose application data is the binding tls-server-end-point (RFC 5929, section 4).
// MS-NLMP, section 3.1.5.1.2, wants MD5.
func channelBinding(c *x509.Certificate) [md5.Size]byte {
	h := endPointHash(c.SignatureAlgorithm).New()
	h.Write(c.Raw)
	data := append([]byte("tls-server-end-point:"), h.Sum(nil)...)
	binding := make([]byte, 16) // no addresses
	binding = binary.LittleEndian.AppendUint32(binding, uint32(len(data)))
	return md5.Sum(append(binding, data...))
}

// endPointHash returns the hash for tls-server-end-point: the hash of the certificate's
// signature, and SHA-256 in place of MD5 and SHA-1.
func endPointHash(a x509.SignatureAlgorithm) crypto.Hash {
	switch a {
	case x509.SHA384WithRSA, x509.ECDSAWithSHA384, x509.SHA384WithRSAPSS:
		return crypto.SHA384
	case x509.SHA512WithRSA, x509.ECDSAWithSHA512, x509.SHA512WithRSAPSS:
		return crypto.SHA512
	}
	return crypto.SHA256
}
