package smtpsend

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"time"
)

// TLS says how a connection is encrypted. The zero value means [TLSRequired]
// for SMTP, and [TLSInsecureNone] for LMTP, which is a protocol for links within
// one host or one trusted network (RFC 2033, section 5).
type TLS string

// The values of [TLS].
const (
	// TLSRequired begins in the clear and goes on with STARTTLS (RFC 3207). If
	// the server does not offer STARTTLS, it gets neither password nor mail.
	TLSRequired TLS = "required"
	// TLSImplicit begins with TLS (RFC 8314, section 3.3).
	TLSImplicit TLS = "implicit"
	// TLSInsecureNone encrypts nothing, so that everybody on the way can read and
	// change the mail. It is meant for a test server on the same host.
	TLSInsecureNone TLS = "insecure-none"
)

// Options configure a [Sender] that speaks to a server. The zero value of each
// field, and a nil *Options, are right and safe. [Microsoft365], [Gmail] and
// [ExchangeLegacy] return options for one kind of server each.
type Options struct {
	// LMTP speaks LMTP (RFC 2033) instead of SMTP: each recipient gets a reply
	// of its own to the message.
	LMTP bool
	// TLS says how the connection is encrypted.
	TLS TLS
	// TLSConfig holds roots, certificates and other settings of TLS. Nil means the
	// system's roots. An empty ServerName means the host of the address, a
	// MinVersion of 0 means TLS 1.2, and a session cache is added if there is none.
	// If there is neither Password nor Token, a client certificate in TLSConfig
	// authenticates by EXTERNAL (RFC 4422, appendix A).
	TLSConfig *tls.Config
	// LocalName is the name in EHLO: a domain name or an address literal. Empty
	// means the address literal of the connection's own end.
	LocalName string
	// Username and Password authenticate. If both are empty, there is no
	// authentication. If Mechanism is OAUTHBEARER or XOAUTH2 and Token is nil,
	// Password is the access token.
	Username, Password string
	// Token returns an OAuth 2.0 access token for Username, in place of a
	// Password. It is called before each connection, also from several
	// goroutines. So it should keep a token until the token expires, and it must
	// honour ctx. If the server refuses a token (535), Token is called once more
	// for another one.
	Token func(ctx context.Context) (string, error)
	// TokenRefused gets the token that the server refused before Token is called
	// again, so that Token does not return the same. It may be nil.
	TokenRefused func(token string)
	// Mechanism admits one SASL mechanism only: EXTERNAL, OAUTHBEARER, XOAUTH2,
	// SCRAM-SHA-256, PLAIN, LOGIN, CRAM-MD5 or NTLM. Empty means the first in this
	// list that the server offers and for which the other options suffice. Without
	// TLS, CRAM-MD5 and NTLM are used only if they are named here, because anybody
	// who reads the exchange can try passwords against it.
	Mechanism string
	// InsecureAllowPlaintextAuth sends the password or token also without TLS.
	// Everybody on the way can read it.
	InsecureAllowPlaintextAuth bool
	// AllOrNothing gives a message up if one recipient is refused before the
	// message is sent. Otherwise the accepted recipients get it, and the others
	// are reported.
	AllOrNothing bool
	// OnwardTLS asks the server to pass messages on over verified TLS only, and
	// to return them if that is impossible (REQUIRETLS, RFC 8689). A server
	// that does not offer REQUIRETLS gets no message.
	OnwardTLS bool
	// DSN asks for delivery status notifications.
	DSN DSN
	// Retry says whether and for how long a message is tried again.
	Retry Retry
	// Limiter is waited for before each attempt to send a message, in [Sender.Admit] or
	// in [Sender.Send]. A [golang.org/x/time/rate.Limiter] is a Limiter. Nil means no
	// limit.
	Limiter Limiter
	// Connections is the greatest number of connections at a time. 0 means 2.
	// [Sender.Admit] has room for twice as many messages.
	// Further calls of Send wait.
	Connections int
	// ConnectionMessages is the greatest number of messages on a connection. 0
	// means 100, and 1 means that no connection is used again.
	ConnectionMessages int
	// ConnectionAge is the age at which a connection gets no further message. 0 means 5 minutes.
	ConnectionAge time.Duration
	// ConnectionIdle is how long a connection is kept open for the next
	// message. 0 means 30 seconds.
	ConnectionIdle time.Duration
	// Timeouts are the times to wait for the server.
	Timeouts Timeouts
	// Finish is how long Send still waits for the server's reply if the context
	// ends after the whole message was sent. So the ordinary end of a program
	// leaves no message unknown. 0 means 5 seconds, and a negative value means
	// no time at all. A message that was not sent whole is cut off at once, and
	// nobody gets it.
	Finish time.Duration
	// Dial connects to the server. It must honour ctx. Nil means a [net.Dialer].
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Logger gets one record for each message, without its content, but with the
	// addresses of its recipients and the server's words. Nil means none.
	Logger *slog.Logger
}

// Limiter bounds how often messages are sent.
type Limiter interface {
	// Wait returns nil as soon as the next message may be sent, and an error if
	// ctx ends before that. It may take as long as it likes: messages that wait in
	// [Sender.Admit] are not tried yet. Any other error is a failure of the message,
	// which counts as a try.
	Wait(ctx context.Context) error
}

// Timeouts are the times to wait for the server in one step of a
// conversation. Zero means the default, which follows RFC 5321, section 4.5.3.2.
// A context may end the wait earlier, see also [Options.Finish].
type Timeouts struct {
	Connect time.Duration // for dialing, and for a TLS handshake; 30 seconds
	Command time.Duration // for the reply to a command; 5 minutes
	Body    time.Duration // for each 64 KiB of the message; 3 minutes
	Final   time.Duration // for the reply to the message; 10 minutes
}
