package smtpsend

import (
	"crypto/tls"
	"time"

	"golang.org/x/time/rate"
)

// Microsoft365 returns options for smtp.office365.com, port 587. They allow three
// connections and thirty messages a minute, which is the limit of one mailbox,
// and a minute of retries if the server still asks to slow down (432 4.3.2). Set
// Username to the mailbox, and Token to a source of tokens with the scope
// https://outlook.office.com/SMTP.Send: passwords are refused (550 5.7.30).
//
// All senders of one mailbox must share the options, because the options hold
// the mailbox's Limiter. Another limit is 10,000 recipients a day; beyond it,
// waiting does not help (554 5.2.0).
func Microsoft365() *Options {
	return &Options{
		TLS:         TLSRequired,
		Connections: 3,
		Limiter:     rate.NewLimiter(rate.Every(2*time.Second), 1),
		Retry:       Retry{Budget: time.Minute, First: 2 * time.Second},
	}
}

// Gmail returns options for smtp.gmail.com, port 465: implicit TLS, two
// connections, and half a minute of retries if the server is busy (421 4.7.0, 454
// 4.7.0). Set Username to the mailbox. Set either Token to a source of tokens
// with the scope https://mail.google.com/ or Password to an app password.
func Gmail() *Options {
	return &Options{
		TLS:         TLSImplicit,
		Connections: 2,
		Retry:       Retry{Budget: 30 * time.Second},
	}
}

// ExchangeLegacy returns options for Exchange 2003 to 2010 on a Windows that
// knows nothing better than TLS 1.0 with RSA key exchange. Such a connection is
// weak, so use it only within your own network. For Exchange 2013 and later use
// [Options] with a nil TLSConfig. Set Username to DOMAIN\user or user@domain.
//
// The server's certificate is verified as usual. Put your own CA into
// TLSConfig.RootCAs. A certificate that is signed with SHA-1 must be replaced,
// because crypto/x509 refuses it.
func ExchangeLegacy() *Options {
	c := &tls.Config{MinVersion: tls.VersionTLS10}
	for _, suite := range tls.CipherSuites() {
		c.CipherSuites = append(c.CipherSuites, suite.ID)
	}
	c.CipherSuites = append(c.CipherSuites,
		tls.TLS_RSA_WITH_AES_256_CBC_SHA, tls.TLS_RSA_WITH_AES_128_CBC_SHA, tls.TLS_RSA_WITH_3DES_EDE_CBC_SHA)
	return &Options{TLS: TLSRequired, TLSConfig: c}
}

// presets has the options for each value of the preset parameter of a URL.
var presets = map[string]func() *Options{
	"microsoft365":    Microsoft365,
	"gmail":           Gmail,
	"exchange-legacy": ExchangeLegacy,
}
