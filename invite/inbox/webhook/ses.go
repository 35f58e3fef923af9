package webhook

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/convene-go/convene/mime"
)

// SES returns a handler for a topic of Amazon SNS to which Amazon SES publishes the mails
// that come in (the action SNS, best with the encoding Base64), its notifications of
// bounces, or its events. topicARN names the topic. Every other topic is refused. The
// handler confirms the subscription by itself. The option "raw message delivery" of the
// subscription has to be off, because raw messages are not signed.
//
// A mail is up to 150 KB long. Larger mails need the action S3 with the topic, and
// Options.Fetch.
//
// The verdict of DMARC proves the author of a mail. The verdict of DKIM does so too if the
// mail has one signature, otherwise SES does not say whose signature is right.
func SES(topicARN string, o *Options) (*Handler, error) {
	options, err := o.withDefaults(2 * time.Hour)
	if err != nil {
		return nil, err
	}
	m := arn.FindStringSubmatch(topicARN)
	if m == nil {
		return nil, errors.New("webhook: SES: topicARN: is no name of a topic: arn:aws:sns:region:account:topic")
	}
	name := "sns." + m[2] + ".amazonaws.com"
	if m[1] == "aws-cn" {
		name += ".cn"
	}
	s := &ses{topic: topicARN, sns: newSNS(name, &options), options: options}
	return &Handler{name: "ses", service: s, options: options, limit: min(options.MaxBytes, mostSNS)}, nil
}

// mostSNS limits the body of a request, in octets. A message of SNS has at most 256 KB,
// and JSON makes it longer.
const mostSNS = 1 << 20

// arn is the form of a topic's name.
var arn = regexp.MustCompile(`^arn:(aws|aws-cn|aws-us-gov):sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]+$`)

// ses is the service of SES through SNS.
type ses struct {
	topic   string
	sns     *sns
	options Options
}

// admit refuses requests for other topics early. The signature decides.
func (s *ses) admit(r *http.Request) error {
	if t := r.Header.Get("X-Amz-Sns-Topic-Arn"); t != "" && t != s.topic {
		return forged("the topic is another")
	}
	if strings.EqualFold(r.Header.Get("X-Amz-Sns-Rawdelivery"), "true") {
		return forged("the message is not signed: switch off raw message delivery")
	}
	return nil
}

// open opens a request of SNS. Its Content-Type is text/plain, unless the subscription
// says otherwise.
func (s *ses) open(ctx context.Context, r *request) (*content, error) {
	if r.mediaType != "text/plain" && r.mediaType != "application/json" {
		return nil, errType
	}
	var m snsMessage
	if err := decode(r.body, &m); err != nil {
		return nil, err
	}
	if m.TopicARN != s.topic {
		return nil, forged("the topic is another")
	}
	if err := s.sns.check(ctx, &m); err != nil {
		return nil, err
	}
	signed, err := time.Parse(time.RFC3339, m.Timestamp)
	if err != nil {
		return nil, malformed("the timestamp is no time")
	}
	if err := checkAge(s.options.Now(), signed, s.options.MaxAge); err != nil {
		return nil, err
	}
	switch m.Type {
	case snsConfirm:
		return &content{}, s.sns.confirm(ctx, &m)
	case snsEnd:
		s.options.Logger.WarnContext(ctx, "webhook: the subscription of the topic has ended")
		return &content{}, nil
	}
	return s.notification(ctx, m.Message)
}

// sesMessage is the text of a notification, or of an event.
type sesMessage struct {
	NotificationType string
	EventType        string
	Content          string
	Receipt          struct {
		Recipients                            []string
		SPFVerdict, DKIMVerdict, DMARCVerdict verdict
		Action                                struct{ BucketName, ObjectKey, Encoding string }
	}
	Mail struct {
		Source        string
		MessageID     string
		Destination   []string
		CommonHeaders struct{ MessageID string }
		Headers       []struct{ Name, Value string }
	}
	Bounce struct {
		BounceType        string
		BouncedRecipients []struct{ EmailAddress, DiagnosticCode, Status string }
	}
	Reject struct{ Reason string }
}

// notification opens the text of a notification. SES also says in plain words that it
// can write to the topic.
func (s *ses) notification(ctx context.Context, text string) (*content, error) {
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return &content{}, nil
	}
	var m sesMessage
	if err := decode([]byte(text), &m); err != nil {
		return nil, err
	}
	var c content
	switch kind := m.NotificationType + m.EventType; {
	case kind == "Received":
		return s.mail(ctx, &m)
	case kind == "Bounce" && m.Bounce.BounceType == "Permanent":
		for _, r := range m.Bounce.BouncedRecipients {
			c.reports = append(c.reports, newReport(m.ownID(), m.Mail.MessageID, r.EmailAddress, r.DiagnosticCode))
		}
	case kind == "Reject":
		for _, to := range m.Mail.Destination {
			c.reports = append(c.reports, newReport(m.ownID(), m.Mail.MessageID, to, m.Reject.Reason))
		}
	}
	return &c, nil
}

// ownID returns the Message-ID that the mail had when SES took it, and "" if the
// notification does not have the header.
func (m *sesMessage) ownID() string {
	if m.Mail.CommonHeaders.MessageID != "" {
		return m.Mail.CommonHeaders.MessageID
	}
	for _, h := range m.Mail.Headers {
		if strings.EqualFold(h.Name, "Message-ID") {
			return h.Value
		}
	}
	return ""
}

// mail returns the mail of a notification.
func (s *ses) mail(ctx context.Context, m *sesMessage) (*content, error) {
	data, err := m.data()
	if a := m.Receipt.Action; len(data) == 0 && err == nil && a.ObjectKey != "" && s.options.Fetch != nil {
		if data, err = s.options.Fetch(ctx, a.BucketName, a.ObjectKey); err != nil {
			return nil, fmt.Errorf("webhook: the mail could not be fetched: %w", err)
		}
		if int64(len(data)) > s.options.MaxBytes {
			return nil, never(http.StatusRequestEntityTooLarge, "the mail is too large")
		}
	}
	if err != nil {
		return nil, err
	}
	if len(data) == 0 {
		return nil, notRaw("the notification has no mail: use the action SNS, or Fetch")
	}
	to := slices.Clone(m.Receipt.Recipients)
	slices.Sort(to)
	return mailsOf("ses", slices.Compact(to), data, m.verified(data))
}

// data returns the mail in a notification. The encoding is not always named. Base64 has
// no colon, and every mail has one.
func (m *sesMessage) data() ([]byte, error) {
	if !strings.EqualFold(m.Receipt.Action.Encoding, "base64") && strings.Contains(m.Content, ":") {
		return []byte(m.Content), nil
	}
	data, err := base64.StdEncoding.DecodeString(m.Content)
	if err != nil {
		return nil, malformed("the mail is not in base64")
	}
	return data, nil
}

// verdict is the result of a check of SES.
type verdict struct{ Status string }

// value returns the result in the words of RFC 8601, and "" if there is none. GRAY says
// that the domain publishes nothing, or that the result is undecided.
func (v verdict) value() string {
	switch strings.ToUpper(v.Status) {
	case "PASS":
		return "pass"
	case "FAIL":
		return "fail"
	case "GRAY":
		return "none"
	case "PROCESSING_FAILED":
		return "temperror"
	}
	return ""
}

// verified returns the results of SES's checks.
func (m *sesMessage) verified(data []byte) (out []mime.AuthResult) {
	r := &m.Receipt
	if v := r.DMARCVerdict.value(); v != "" {
		out = append(out, mime.AuthResult{Method: "dmarc", Value: v}) // about the From of the mail
	}
	if v := r.DKIMVerdict.value(); v != "" {
		out = append(out, dkimOf(v, data))
	}
	if v := r.SPFVerdict.value(); v != "" {
		out = append(out, spfOf(v, m.Mail.Source))
	}
	return out
}
