package mime_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/convene-go/convene/mime"
)

// TestReadReport reads the parts of reports; whole ones are under testdata/read.
func TestReadReport(t *testing.T) {
	report := func(kind string, parts ...string) string {
		return "Content-Type: multipart/report; boundary=r" + kind + "\n\n--r\n" + strings.Join(parts, "\n--r\n") + "\n--r--\n"
	}
	const status = "Content-Type: message/delivery-status\n\n"
	failed := mime.DeliveryStatus{FinalRecipient: "a@example.test", Action: "failed", Fields: []mime.Field{
		{Name: "Final-Recipient", Value: "rfc822;a@example.test"}, {Name: "Action", Value: "failed"}}}
	tests := []struct {
		name, in string
		want     *mime.Received // without Header
	}{
		{
			name: "no fields on the message, base64",
			in: report("", "Content-Type: message/delivery-status\nContent-Transfer-Encoding: base64\n\n"+
				"RmluYWwtUmVjaXBpZW50OiByZmM4MjI7YUBleGFtcGxlLnRlc3QKQWN0aW9uOiBmYWlsZWQK"),
			want: &mime.Received{
				ReportType: "delivery-status",
				Report:     &mime.DeliveryReport{Recipients: []mime.DeliveryStatus{failed}},
			},
		},
		{
			name: "two statuses and odd recipients",
			in: report("; report-type=Delivery-Status", status+"Original-Envelope-Id: QQ314\nArrival-Date: never\n",
				status+"\n\nFinal-Recipient: X400; /C=de/S=Bob/\nStatus: 4.0.0\n"),
			want: &mime.Received{
				ReportType: "delivery-status",
				Report: &mime.DeliveryReport{
					EnvelopeID: "QQ314",
					Recipients: []mime.DeliveryStatus{{FinalRecipient: "/C=de/S=Bob/", Status: "4.0.0", Fields: []mime.Field{
						{Name: "Final-Recipient", Value: "X400; /C=de/S=Bob/"}, {Name: "Status", Value: "4.0.0"}}}},
					Fields: []mime.Field{{Name: "Original-Envelope-Id", Value: "QQ314"}, {Name: "Arrival-Date", Value: "never"}},
				},
			},
		},
		{
			name: "empty status",
			in:   report("; report-type=delivery-status", status),
			want: &mime.Received{ReportType: "delivery-status", Report: &mime.DeliveryReport{}},
		},
		{
			name: "no report",
			in:   "Content-Type: text/rfc822-headers\n\nMessage-ID: <1@example.com>\n",
			want: &mime.Received{},
		},
		{
			name: "returned twice",
			in: report("; report-type=feedback-report",
				"Content-Type: message/rfc822\n\nMessage-ID: <1@example.com>\nContent-Type: text/calendar\n\n1",
				"Content-Type: text/rfc822-headers\n\nMessage-ID: <2@example.com>\n"),
			want: &mime.Received{
				ReportType: "feedback-report",
				Returned: &mime.Returned{Complete: true, MessageID: "<1@example.com>",
					Header:    []mime.Field{{Name: "Message-ID", Value: "<1@example.com>"}, {Name: "Content-Type", Value: "text/calendar"}},
					Calendars: []mime.Part{{MediaType: "text/calendar", Data: []byte("1"), Embedded: true}}},
				Problems: []string{"report gives back several messages: the first counts"},
			},
		},
		{
			name: "a report inside the returned message",
			in: report("; report-type=delivery-status", "Content-Type: message/rfc822\n\n"+
				"Content-Type: multipart/report; boundary=s\n\n--s\n"+status+"Action: failed\n--s\n"+
				"Content-Type: message/rfc822\n\nContent-Type: text/calendar\n\n1\n--s--"),
			want: &mime.Received{
				ReportType: "delivery-status",
				Returned: &mime.Returned{Complete: true,
					Header:    []mime.Field{{Name: "Content-Type", Value: "multipart/report; boundary=s"}},
					Calendars: []mime.Part{{MediaType: "text/calendar", Data: []byte("1"), Embedded: true}}},
				Problems: []string{
					"part 3 (message/delivery-status): a report in an attached message is not read",
				},
			},
		},
		{
			name: "attached bounce",
			in: "Content-Type: message/rfc822\n\n" + report("", status+"Action: failed",
				"Content-Type: message/rfc822\n\nContent-Type: text/calendar\n\n1"),
			want: &mime.Received{
				Problems: []string{
					"part 2 (message/delivery-status): a report in an attached message is not read",
					"a message returned in an attached report is not read",
				},
			},
		},
		{
			name: "calendar beside the fields of an Exim bounce",
			in:   "X-Failed-Recipients: a@example.test\nContent-Type: text/calendar\n\n1",
			want: &mime.Received{Calendars: []mime.Part{{MediaType: "text/calendar", Data: []byte("1")}}},
		},
		{
			name: "more than one line of bounce fields",
			in:   "X-Failed-Recipients: a@example.test\nX-Failed-Recipients: none\nDate: 1 Mar 2027 10:00 +0000\n",
			want: &mime.Received{
				Date:   time.Date(2027, 3, 1, 10, 0, 0, 0, time.UTC),
				Report: &mime.DeliveryReport{Recipients: []mime.DeliveryStatus{{FinalRecipient: "a@example.test", Action: "failed"}}, Prose: true, Doubt: "its header does not show that a server wrote it"},
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := readString(t, test.in)
			got.Header = nil
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Read (-want +got):\n%s", diff)
			}
		})
	}
}
