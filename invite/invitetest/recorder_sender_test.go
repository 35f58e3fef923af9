package invitetest_test

import (
	"testing"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/invitetest"
	"github.com/convene-go/convene/mime"
)

// observed lets [invitetest.TestSender] see the mails of a Recorder.
type observed struct{ *invitetest.Recorder }

func (o observed) Delivered() []*mime.Message { return o.Messages() }
func (o observed) Refused() string            { return "refused@example.com" }

func TestRecorderIsSender(t *testing.T) {
	invitetest.TestSender(t, func(t *testing.T) invite.Sender {
		r := new(invitetest.Recorder)
		r.Fail("refused@example.com", invitetest.FailureRefused)
		return observed{r}
	})
}
