package call

import (
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/convene-go/convene/httpsend"
)

// Fate is the fate of a mail that the API did not take.
type Fate int

// The values of [Fate].
const (
	// Temporary: nobody has the mail, and a later attempt may succeed.
	Temporary Fate = iota + 1
	// Refused: the API does not take this mail.
	Refused
	// Unknown: the mail may have arrived.
	Unknown
)

// maxText limits the text of an answer in an error, in octets.
const maxText = 2000

// maxWait limits Error.RetryAfter.
const maxWait = 24 * time.Hour

// refusal returns the error for an answer that is not 2xx. arrived reports whether the
// server can have the whole request.
func (a *API) refusal(r *Answer, arrived bool) *httpsend.Error {
	code, text, own := a.Fault(r)
	if !own {
		code, text = "", ""
	}
	if text == "" {
		text = http.StatusText(r.Status)
	}
	fate, known := a.Fates[code]
	if !known || code == "" {
		fate = fateOf(r.Status, own)
	}
	if fate == Unknown && !arrived {
		fate = Temporary
	}
	e := a.Error(r.Status, code, text, fate)
	e.RetryAfter = retryAfter(r.Header, time.Now())
	if fate == Temporary {
		a.wait(e.RetryAfter)
	}
	return e
}

// Error returns the error for an answer of the API.
func (a *API) Error(status int, code, text string, f Fate) *httpsend.Error {
	return &httpsend.Error{
		API: a.Name, Status: status, Code: oneLine(code, 100), Text: oneLine(text, maxText),
		Temporary: f == Temporary, Unknown: f == Unknown,
	}
}

// fateOf judges a status (RFC 9110, section 15). own reports whether the API itself wrote
// the answer.
//
//   - A status about the key, the account, the path or the load is not about this mail.
//   - 502 and 504 come from a gateway that got no answer. The API may have taken the mail.
//     The same holds for the statuses above 511, which proxies have made up.
//   - 500 is the word of the API that it failed, if the API itself wrote it.
func fateOf(status int, own bool) Fate {
	switch status {
	case http.StatusUnauthorized, http.StatusPaymentRequired, http.StatusForbidden, http.StatusNotFound,
		http.StatusMethodNotAllowed, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusConflict,
		http.StatusMisdirectedRequest, http.StatusTooEarly, http.StatusTooManyRequests,
		http.StatusServiceUnavailable, http.StatusInsufficientStorage, http.StatusNetworkAuthenticationRequired:
		return Temporary
	case http.StatusBadGateway, http.StatusGatewayTimeout:
		return Unknown
	}
	switch {
	case status < 400:
		return Temporary
	case status < 500:
		return Refused
	case status <= 511 && own:
		return Temporary
	}
	return Unknown
}

// retryAfter reads the pause that the API asks for (RFC 9110, section 10.2.3).
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	var wait time.Duration
	if n, err := strconv.ParseInt(value, 10, 64); err == nil {
		wait = time.Duration(min(max(n, 0), int64(maxWait/time.Second))) * time.Second
	} else if at, err := http.ParseTime(value); err == nil {
		wait = at.Sub(now).Round(time.Second)
	}
	return min(max(wait, 0), maxWait)
}

// oneLine returns a text in one line that is fit for a log, and cuts it.
func oneLine(s string, most int) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r != unicode.ReplacementChar && unicode.IsPrint(r):
			return r
		}
		return '?'
	}, s)), " ")
	if len(s) <= most {
		return s
	}
	return strings.ToValidUTF8(s[:most], "") + " …"
}
