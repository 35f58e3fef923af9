package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
)

// ParseKey reads a private key in PEM: PKCS #8, or PKCS #1 for RSA.
func ParseKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("dkim: key: no PEM block")
	}
	if block.Type == "RSA PRIVATE KEY" {
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("dkim: key: %w", err)
		}
		return key, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("dkim: key: %w", err)
	}
	signer, ok := key.(crypto.Signer)
	if !ok {
		return nil, fmt.Errorf("dkim: key: %T does not sign", key)
	}
	return signer, nil
}

// Record returns the text of the DNS record for k. Publish it as a TXT record at
// Selector._domainkey.Domain (RFC 6376, section 3.6.1; RFC 8463, section 4).
func (k Key) Record() (string, error) {
	if err := k.check(); err != nil {
		return "", fmt.Errorf("dkim: key: %w", err)
	}
	public, kind, err := k.public()
	if err != nil {
		return "", fmt.Errorf("dkim: key: %w", err)
	}
	return "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public), nil
}

// public returns the public key in the form for a record, and the name of its kind.
// An RSA key is in PKIX form, an Ed25519 key is its bare octets.
func (k Key) public() (key []byte, kind string, err error) {
	if bare, ok := k.Signer.Public().(ed25519.PublicKey); ok {
		return bare, "ed25519", nil
	}
	key, err = x509.MarshalPKIXPublicKey(k.Signer.Public())
	return key, "rsa", err
}
