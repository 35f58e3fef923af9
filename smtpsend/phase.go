package smtpsend

// Phase is the part of a conversation that an [Error] is about.
type Phase string

// The phases, in the order of a conversation.
const (
	PhaseConnect  Phase = "connect"  // waiting for a free connection, and dialing
	PhaseGreeting Phase = "greeting" // the server's first reply
	PhaseHello    Phase = "hello"    // EHLO, HELO or LHLO
	PhaseTLS      Phase = "tls"      // STARTTLS and the TLS handshake
	PhaseAuth     Phase = "auth"     // AUTH
	PhaseReset    Phase = "reset"    // RSET, after an aborted transaction
	PhaseMail     Phase = "mail"     // MAIL
	PhaseRcpt     Phase = "rcpt"     // RCPT
	PhaseData     Phase = "data"     // DATA, up to the go-ahead
	PhaseBody     Phase = "body"     // the message
	PhaseFinal    Phase = "final"    // the reply to the final dot
	PhaseQuit     Phase = "quit"     // QUIT; never reported
)

// ofMessage reports whether p is a part of a transaction. Other phases are about
// the connection.
func (p Phase) ofMessage() bool {
	switch p {
	case PhaseMail, PhaseRcpt, PhaseData, PhaseBody, PhaseFinal:
		return true
	}
	return false
}
