package smtpsend_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"testing"
	"time"
)

// identity is a certificate authority and one server that it vouches for.
type identity struct {
	server *tls.Config // of the server
	client *tls.Config // of a client that trusts the authority
	pem    []byte      // the authority's certificate
	pair   []byte      // the server's certificate and key
}

// newIdentity makes an identity for test.example, localhost and 127.0.0.1. It
// is valid from 1999 on, where the fake clock starts. The changes are made to the
// server's certificate before it is signed.
func newIdentity(t testing.TB, changes ...func(leaf *x509.Certificate)) *identity {
	t.Helper()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caKey, caDER := certify(t, ca, ca, nil)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "test.example"},
		DNSNames: []string{"test.example", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	for _, change := range changes {
		change(leaf)
	}
	key, der := certify(t, leaf, ca, caKey)
	block := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(block)
	return &identity{
		server: &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}},
		client: &tls.Config{RootCAs: roots},
		pem:    block,
		pair:   pairPEM(t, key, der),
	}
}

// pairPEM returns a certificate and its key as one file.
func pairPEM(t testing.TB, key *ecdsa.PrivateKey, der []byte) []byte {
	t.Helper()
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
}

// certify returns a new key and its certificate, which the key itself signs if
// there is no parent key.
func certify(t testing.TB, c, parent *x509.Certificate, parentKey *ecdsa.PrivateKey) (*ecdsa.PrivateKey, []byte) {
	t.Helper()
	if c.NotBefore.IsZero() {
		c.NotBefore = time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	if c.NotAfter.IsZero() {
		c.NotAfter = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if parentKey == nil {
		parentKey = key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	return key, der
}
