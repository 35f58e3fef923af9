package serverurl

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
)

// Files are the files with certificates and keys that a URL names.
type Files struct {
	CA, Cert, Key string
}

// Load returns c, which may be nil, with the certificates and the key of the files. If
// there are none, it returns c as it is.
func (f Files) Load(c *tls.Config) (*tls.Config, error) {
	if f == (Files{}) {
		return c, nil
	}
	if c == nil {
		c = new(tls.Config)
	}
	if f.CA != "" {
		roots, err := readRoots(f.CA)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		c.RootCAs = roots
	}
	switch {
	case f.Cert == "" && f.Key == "":
		return c, nil
	case f.Cert == "" || f.Key == "":
		return nil, errors.New("cert and key go together")
	}
	pair, err := tls.LoadX509KeyPair(f.Cert, f.Key)
	if err != nil {
		return nil, fmt.Errorf("cert: %w", err)
	}
	c.Certificates = []tls.Certificate{pair}
	return c, nil
}

// readRoots reads a file of PEM certificates.
func readRoots(file string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no PEM certificate", file)
	}
	return roots, nil
}
