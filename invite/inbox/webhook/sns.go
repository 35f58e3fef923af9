package webhook

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"
)

// The types of SNS's messages.
const (
	snsConfirm = "SubscriptionConfirmation"
	snsNotify  = "Notification"
	snsEnd     = "UnsubscribeConfirmation"
)

// snsMessage is the body of a request of SNS.
type snsMessage struct {
	Type             string
	MessageID        string
	TopicARN         string
	Token            string
	SubscribeURL     string
	Subject          *string
	Message          string
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
}

// signed returns the text that SNS signs, and false if the message has no such text. Only
// the Message may have several lines. Otherwise one text could belong to two messages.
func (m *snsMessage) signed() (string, bool) {
	var b strings.Builder
	ok := true
	add := func(name, value string) {
		ok = ok && (name == "Message" || !strings.ContainsAny(value, "\n"))
		b.WriteString(name + "\n" + value + "\n")
	}
	add("Message", m.Message)
	add("MessageId", m.MessageID)
	switch m.Type {
	case snsNotify:
		if m.Subject != nil {
			add("Subject", *m.Subject)
		}
	case snsConfirm, snsEnd:
		add("SubscribeURL", m.SubscribeURL)
	default:
		return "", false
	}
	add("Timestamp", m.Timestamp)
	if m.Type != snsNotify {
		add("Token", m.Token)
	}
	add("TopicArn", m.TopicARN)
	add("Type", m.Type)
	return b.String(), ok
}

// mostCertificates limits the certificates that are kept. SNS has one for a region, and
// replaces it once in a while.
const mostCertificates = 4

// sns checks the messages of SNS in one region.
type sns struct {
	host   string
	client *http.Client
	now    func() time.Time

	// fetching lets one goroutine at a time fetch a certificate, so that forgers cannot
	// make the handler open many connections. Known certificates need no turn.
	fetching chan struct{}

	mu           sync.Mutex
	certificates map[string]*x509.Certificate // by URL
}

// newSNS returns a check for the messages of a host.
func newSNS(host string, o *Options) *sns {
	c := http.Client{}
	if o.Client != nil {
		c = *o.Client
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.Jar = nil
	return &sns{host: host, client: &c, now: o.Now, fetching: make(chan struct{}, 1), certificates: make(map[string]*x509.Certificate)}
}

// check checks the signature of a message.
func (s *sns) check(ctx context.Context, m *snsMessage) error {
	text, ok := m.signed()
	if !ok {
		return forged("the type of the message is unknown, or a field has several lines")
	}
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil || len(signature) == 0 {
		return forged("the signature is wrong")
	}
	var kind crypto.Hash
	var digest []byte
	switch m.SignatureVersion {
	case "1":
		sum := sha1.Sum([]byte(text))
		kind, digest = crypto.SHA1, sum[:]
	case "2":
		sum := sha256.Sum256([]byte(text))
		kind, digest = crypto.SHA256, sum[:]
	default:
		return forged("the version of the signature is unknown")
	}
	cert, err := s.certificate(ctx, m.SigningCertURL)
	if err != nil {
		return err
	}
	public, ok := cert.PublicKey.(*rsa.PublicKey)
	now := s.now()
	if !ok || public.Size() < 256 || now.Before(cert.NotBefore) || now.After(cert.NotAfter) {
		return forged("the certificate is not valid")
	}
	if rsa.VerifyPKCS1v15(public, kind, digest, signature) != nil {
		return forged("the signature is wrong")
	}
	return nil
}

// pemPath is the form of the path of a certificate.
var pemPath = regexp.MustCompile(`^/[A-Za-z0-9_-]+\.pem$`)

// ours reports whether a URL is one of SNS in the region, and nothing else.
func (s *sns) ours(u *url.URL) bool {
	return u.Scheme == "https" && u.Host == s.host && u.User == nil && u.Fragment == ""
}

// certificate returns the certificate of a URL. It is trusted because SNS's own server
// gives it, and TLS proves the server. Amazon does not say that the file has a chain up to
// a root, or which names are in the certificate, so neither is asked for.
func (s *sns) certificate(ctx context.Context, at string) (*x509.Certificate, error) {
	u, err := url.Parse(at)
	if err != nil || !s.ours(u) || u.RawQuery != "" || !pemPath.MatchString(u.EscapedPath()) {
		return nil, forged("the certificate is not at SNS")
	}
	known := func() *x509.Certificate {
		s.mu.Lock()
		defer s.mu.Unlock()
		return s.certificates[at]
	}
	if c := known(); c != nil {
		return c, nil
	}
	select {
	case s.fetching <- struct{}{}:
		defer func() { <-s.fetching }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c := known(); c != nil {
		return c, nil
	}
	c, err := s.fetch(ctx, at)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.certificates) >= mostCertificates {
		clear(s.certificates)
	}
	s.certificates[at] = c
	return c, nil
}

// fetch fetches a certificate.
func (s *sns) fetch(ctx context.Context, at string) (*x509.Certificate, error) {
	status, data, err := s.get(ctx, at)
	switch {
	case err != nil || status >= 500 || status == http.StatusTooManyRequests:
		return nil, refuse(http.StatusServiceUnavailable, "the certificate could not be fetched")
	case status != http.StatusOK:
		return nil, forged("the certificate does not exist")
	}
	if b, _ := pem.Decode(data); b != nil && b.Type == "CERTIFICATE" {
		if c, err := x509.ParseCertificate(b.Bytes); err == nil {
			return c, nil
		}
	}
	return nil, forged("the certificate cannot be read")
}

// confirm confirms the subscription of the topic.
func (s *sns) confirm(ctx context.Context, m *snsMessage) error {
	u, err := url.Parse(m.SubscribeURL)
	if err != nil || !s.ours(u) || u.Query().Get("Action") != "ConfirmSubscription" || u.Query().Get("TopicArn") != m.TopicARN {
		return forged("the URL of the confirmation is not SNS's")
	}
	if status, _, err := s.get(ctx, m.SubscribeURL); err != nil || status != http.StatusOK {
		return refuse(http.StatusServiceUnavailable, "the subscription could not be confirmed")
	}
	return nil
}

const (
	mostAnswer  = 64 << 10 // octets of an answer of SNS
	longestCall = 10 * time.Second
)

// get gets a document of SNS. The error may have the URL, which has a token, so it is not
// for logs.
func (s *sns) get(ctx context.Context, at string) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, longestCall)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return 0, nil, err
	}
	a, err := s.client.Do(r)
	if err != nil {
		return 0, nil, err
	}
	defer a.Body.Close()
	data, err := io.ReadAll(io.LimitReader(a.Body, mostAnswer))
	return a.StatusCode, data, err
}
