package smtpsend

import (
	"crypto/tls"
	"time"

	"golang.org/x/time/rate"
)

// Microsoft365 returns options for smtp.office365.com, port 587: three
// connections and thirty messages a minute, as much as one mailbox may have,
// and a minute of patience if that was not enough (432 4.3.2). Set Username
// to the mailbox, and Token to a source of tokens with the scope
// https://outlook.office.com/SMTP.Send: passwords are refused (550 5.7.30).
//
// All senders of one mailbox must share the options, because they hold its
// Limiter. 10,000 recipients a day are the limit that no waiting helps against
// (554 5.2.0).
func Microsoft365() *Options {
	return &Options{
		TLS:         TLSRequired,
		Connections: 3,
		Limiter:     rate.NewLimiter(rate.Every(2*time.Second), 1),
		Retry:       Retry{Budget: time.Minute, First: 2 * time.Second},
	}
}

// Gmail returns options for smtp.gmail.com, port 465: implicit TLS, two
// connections, and half a minute of patience if it is busy (421 4.7.0, 454
// 4.7.0). Set Username to the mailbox, and either Token to a source of tokens
// with the scope https://mail.google.com/ or Password to an app password.
func Gmail() *Options {
	return &Options{
		TLS:         TLSImplicit,
		Connections: 2,
		Retry:       Retry{Budget: 30 * time.Second},
	}
}

// ExchangeLegacy returns options for Exchange 2003 to 2010 on Windows that knows
// nothing better than TLS 1.0 with RSA key exchange. Such a connection is
// weak: use it within your own network, and [Options] with a nil TLSConfig for
// Exchange 2013 and later. Set Username to DOMAIN\user or user@domain.
//
// The server's certificate is verified as ever. Put the CA of the house into
// TLSConfig.RootCAs; a certificate that is signed with SHA-1 is refused by
// crypto/x509 and must be replaced.
func ExchangeLegacy() *Options {
	c := &tls.Config{MinVersion: tls.VersionTLS10}
	for _, suite := range tls.CipherSuites() {
		c.CipherSuites = append(c.CipherSuites, suite.ID)
	}
	c.CipherSuites = append(c.CipherSuites,
		tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA)
	return &Options{TLS: TLSRequired, TLSConfig: c}
}

// presets are those that a URL may name.
var presets = map[string]func() *Options{
	"microsoft365":    Microsoft365,
	"gmail":           Gmail,
	"exchange-legacy": ExchangeLegacy,
}
