package smtpsend_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"testing"
	"time"

	"github.com/convene-go/convene/smtpsend"
)

// TestExchangeLegacy sends to a server that knows TLS 1.0 with RSA key exchange
// only, which the preset admits and nil options do not.
func TestExchangeLegacy(t *testing.T) {
	server, roots := legacyServer(t)
	d := newSMTPD(t, server, false)
	legacy := smtpsend.ExchangeLegacy()
	legacy.TLSConfig.RootCAs = roots
	for name, tt := range map[string]struct {
		o    *smtpsend.Options
		fine bool
	}{"legacy": {legacy, true}, "default": {&smtpsend.Options{TLSConfig: &tls.Config{RootCAs: roots}}, false}} {
		s, err := smtpsend.New(d.addr, tt.o)
		if err != nil {
			t.Fatal(err)
		}
		err = s.Send(t.Context(), letter("bob@example.com"))
		if tt.fine != (err == nil) {
			t.Errorf("%s: Send = %v, want success: %t", name, err, tt.fine)
		}
		s.Close()
	}
}

// legacyServer returns the TLS configuration of a server like Exchange 2003, and of
// a client that trusts it.
func legacyServer(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), IsCA: true, BasicConstraintsValid: true,
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
		MinVersion:   tls.VersionTLS10, MaxVersion: tls.VersionTLS10,
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_CBC_SHA},
	}, roots
}

// TestPresets checks that each preset fits its server.
func TestPresets(t *testing.T) {
	for addr, o := range map[string]*smtpsend.Options{
		"smtp.office365.com": smtpsend.Microsoft365(),
		"smtp.gmail.com":     smtpsend.Gmail(),
		"mail.example.com":   smtpsend.ExchangeLegacy(),
	} {
		o.Username, o.Token = "ann@example.com", fixed("token")
		s, err := smtpsend.New(addr, o)
		if err != nil {
			t.Errorf("New(%q) = %v, want nil", addr, err)
			continue
		}
		s.Close()
	}
	if smtpsend.Microsoft365().Limiter == smtpsend.Microsoft365().Limiter {
		t.Error("two calls of Microsoft365 share a limiter")
	}
}
