package ews_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
	"github.com/convene-go/convene/invite/organizer"
	"github.com/convene-go/convene/invite/organizer/ews"
)

// codes have what each ResponseCode means. The texts of the reference page of the element
// ResponseCode are the reasons: a code is permanent if the request or the entry has to be
// another one, and temporary if the server may do better later.
var codes = map[string]string{
	"gone":    "ItemNotFound",
	"changed": "ChangeKeyRequired ChangeKeyRequiredForWriteOperations InvalidChangeKey IrresolvableConflict StaleObject",
	"denied": `AccessDenied AccountDisabled CallerIsInvalidADAccount CreateItemAccessDenied ImpersonateUserDenied
		ImpersonationDenied InvalidAuthorizationContext InvalidLicense OrganizationAccessBlocked PasswordChangeRequired
		PasswordExpired SendAsDenied TokenSerializationDenied CreateSubfolderAccessDenied NoFreeBusyAccess`,
	"would mail": "SendMeetingInvitationsRequired SendMeetingInvitationsOrCancellationsRequired SendMeetingCancellationsRequired",
	"no calendar": `FolderNotFound SavedItemFolderNotFound NonExistentMailbox NoCalendar MissingEmailAddress
		ParentFolderNotFound ToFolderNotFound CannotCreateCalendarItemInNonCalendarFolder`,
	"temporary": `ServerBusy MailboxStoreUnavailable TimeoutExpired InternalServerTransientError InternalServerError
		ADOperation ADUnavailable ADSessionFilter BatchProcessingStopped ConnectionFailed InsufficientResources
		MailboxMoveInProgress MailboxFailover MailboxLogonFailed ExceededConnectionCount ExceededFindCountLimit
		TooManyObjectsOpened NotEnoughMemory QuotaExceeded SubmissionQuotaExceeded MessagePerFolderCountReceiveQuotaExceeded
		ProxyRequestProcessingFailed ProxyServiceDiscoveryFailed ProxyCallFailed NoRespondingCASInDestinationSite
		NoApplicableProxyCASServersAvailable NoPublicFolderServerAvailable LogonAsNetworkServiceFailed
		DataSourceOperation ClientDisconnected CrossSiteRequest ItemSave MoveCopyFailed RequestAborted
		Win32InteropError ServiceDiscoveryFailed InvalidClientSecurityContext InvalidNetworkServiceContext
		ImpersonationFailed TeamMailboxErrorUnknown OfTheNextVersion`,
	"permanent": `SchemaValidation InvalidRequest InvalidServerVersion IncorrectSchemaVersion
		InvalidSchemaVersionForMailboxVersion WrongServerVersion WrongServerVersionDelegate DuplicateSOAPHeader
		MimeContentInvalid MimeContentInvalidBase64String MimeContentConversionFailed UnsupportedMimeConversion
		ContentConversionFailed CorruptData ItemCorrupt FolderCorrupt
		InvalidPropertySet InvalidPropertyRequest InvalidPropertyForOperation InvalidPropertyDelete InvalidPropertyAppend
		InvalidPropertyForExists InvalidPropertyUpdateSentMessage IncorrectUpdatePropertyCount UpdatePropertyMismatch
		PropertyUpdate ItemSavePropertyError ItemPropertyRequestFailed InvalidExtendedProperty InvalidExtendedPropertyValue
		NoPropertyTagForCustomProperties RequiredPropertyMissing
		CalendarDurationIsTooLong CalendarEndDateIsEarlierThanStartDate CalendarInvalidDayForTimeChangePattern
		CalendarInvalidDayForWeeklyRecurrence CalendarInvalidPropertyState CalendarInvalidRecurrence
		CalendarInvalidTimeZone CalendarIsNotOrganizer CalendarOccurrenceIndexIsOutOfRecurrenceRange
		CalendarOccurrenceIsDeletedFromRecurrence CalendarOutOfRange CalendarCannotUpdateDeletedItem
		CalendarCannotUseIdForOccurrenceId CalendarCannotUseIdForRecurringMasterId
		OccurrenceCrossingBoundary OccurrenceTimeSpanTooBig RecurrenceEndDateTooBig RecurrenceHasNoOccurrence
		UnsupportedRecurrence TimeZone DataSizeLimitExceeded RequestStreamTooBig MessageSizeExceeded
		InvalidId InvalidIdEmpty InvalidIdMalformed InvalidIdMalformedEwsLegacyIdFormat InvalidIdMonikerTooLong
		InvalidIdStoreObjectIdTooLong InvalidFolderId CannotUseFolderIdForItemId CannotUseItemIdForFolderId
		InvalidRecipients InvalidSmtpAddress InvalidRoutingType InvalidMailbox MissingArgument
		MissingInformationEmailAddress MissingRecipients InvalidOperation InvalidItemForOperationCreateItem
		MessageDispositionRequired RestrictionTooComplex RestrictionTooLong UnsupportedPathForQuery
		UnsupportedPathForSortGroup UnsupportedQueryFilter ContainsFilterWrongType InvalidValueForProperty
		InvalidRestriction InvalidIndexedPagingParameters InvalidPagingMaxRows InvalidParentFolder
		UnsupportedCulture UnsupportedMapiPropertyType UnsupportedTypeForConversion NonPrimarySmtpAddress
		MultiLegacyMailboxAccess ObjectTypeChanged IndividualMailboxLimitReached MailboxConfiguration
		CannotDeleteObject VirusDetected VirusMessageDeleted ValueOutOfRange`,
}

// sentinels are the errors of package organizer.
var sentinels = map[string]error{
	"gone": organizer.ErrGone, "changed": organizer.ErrChanged, "denied": organizer.ErrDenied,
	"would mail": organizer.ErrWouldMail, "no calendar": organizer.ErrNoCalendar,
}

// describe returns what an error means, as in codes.
func describe(err error) string {
	var names []string
	for name, s := range sentinels {
		if errors.Is(err, s) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var e *ews.Error
	switch {
	case len(names) > 0:
		return strings.Join(names, " and ")
	case !errors.As(err, &e):
		return "no Error"
	case e.Temporary():
		return "temporary"
	}
	return "permanent"
}

// TestCodes checks the meaning of each code, in a message and in a fault, with the pause
// that the server asks for.
func TestCodes(t *testing.T) {
	f := newFake(t)
	c := f.open(t, nil)
	o, err := organizer.Encode(&invite.Meeting{Event: single()})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for want, list := range codes {
		for _, code := range strings.Fields(list) {
			n++
			for _, fault := range []bool{false, true} {
				x := &failure{code: "Error" + code, text: "Because of " + code, fault: fault, backOff: 1500}
				f.with(func() { f.fail = func(op string, _ int) *failure { return only(op == "CreateItem", x) } })
				_, err := c.Put(t.Context(), o)
				if got := describe(err); got != want {
					t.Errorf("Error%s (fault: %v) means %s, want %s", code, fault, got, want)
				}
				if got := organizer.RetryAfter(err); got != 1500*time.Millisecond {
					t.Errorf("Error%s (fault: %v): the pause is %v, want 1.5s", code, fault, got)
				}
				var e *ews.Error
				if !errors.As(err, &e) || e.Op != "CreateItem" || e.Code != "Error"+code || e.Text != "Because of "+code {
					t.Errorf("Error%s (fault: %v): the error is %#v", code, fault, e)
				}
			}
		}
	}
	if n < 140 {
		t.Errorf("%d codes were tested", n)
	}
	t.Logf("%d codes", n)
	if len(f.items) != 0 {
		t.Errorf("%d items were made", len(f.items))
	}
}

// only returns x if ok is true.
func only(ok bool, x *failure) *failure {
	if !ok {
		return nil
	}
	return x
}

// TestOperations checks that each operation passes the server's errors on, and that an
// error after a stored change does not say that nothing was stored.
func TestOperations(t *testing.T) {
	for _, tt := range []struct {
		name, op, code string
		nth            int // of the requests of op
		call           func(c *ews.Calendar, o organizer.Object) error
		want           string
	}{
		{"get, the mailbox has gone", "GetItem", "ErrorNonExistentMailbox", 1, get, "no calendar"},
		{"get, not found, found by its UID", "GetItem", "ErrorItemNotFound", 1, get, "nil"},
		{"get, malformed, found by its UID", "GetItem", "ErrorInvalidIdMalformedEwsLegacyIdFormat", 1, get, "nil"},
		{"get, not found, no folder", "FindItem", "ErrorFolderNotFound", 1, getByUID, "no calendar"},
		{"get, busy", "GetItem", "ErrorServerBusy", 1, get, "temporary"},
		{"new, no folder", "FindItem", "ErrorFolderNotFound", 1, putNew, "no calendar"},
		{"new, stored, the search fails", "FindItem", "ErrorFolderNotFound", 2, putNew, "temporary"},
		{"new, stored, gone again", "GetItem", "ErrorItemNotFound", 1, putNew, "temporary"},
		{"change, conflict", "UpdateItem", "ErrorIrresolvableConflict", 1, putChange, "changed"},
		{"change, no change key", "UpdateItem", "ErrorChangeKeyRequiredForWriteOperations", 1, putChange, "changed"},
		{"change, gone", "UpdateItem", "ErrorItemNotFound", 1, putChange, "gone"},
		{"change, would mail", "UpdateItem", "ErrorSendMeetingInvitationsOrCancellationsRequired", 1, putChange, "would mail"},
		{"change, denied", "UpdateItem", "ErrorAccessDenied", 1, putChange, "denied"},
		{"change, stored, gone again", "GetItem", "ErrorItemNotFound", 2, putChange, "temporary"},
		{"delete, would mail", "DeleteItem", "ErrorSendMeetingCancellationsRequired", 1, remove, "would mail"},
		{"delete, gone", "DeleteItem", "ErrorItemNotFound", 1, remove, "gone"},
		{"delete any, gone meanwhile", "DeleteItem", "ErrorItemNotFound", 1, removeAny, "gone"},
		{"delete, denied", "DeleteItem", "ErrorCannotDeleteObject", 1, remove, "permanent"},
	} {
		f := newFake(t)
		c := f.open(t, nil)
		var o organizer.Object
		if !strings.HasPrefix(tt.name, "new") {
			o = follow(t, c, &invite.Meeting{Event: single()}, o)
		}
		n := 0
		f.with(func() {
			f.fail = func(op string, _ int) *failure {
				if op != tt.op {
					return nil
				}
				n++
				return only(n == tt.nth, &failure{code: tt.code, text: "x"})
			}
		})
		err := tt.call(c, o)
		got := "nil"
		if err != nil {
			got = describe(err)
		}
		if got != tt.want {
			t.Errorf("%s: %v means %s, want %s", tt.name, err, got, tt.want)
		}
		if n < tt.nth {
			t.Errorf("%s: %s was requested %d times", tt.name, tt.op, n)
		}
		if strings.Contains(tt.name, "stored") && !strings.Contains(err.Error(), "stored already") {
			t.Errorf("%s: the error does not say that something was stored: %v", tt.name, err)
		}
	}
}

func get(c *ews.Calendar, o organizer.Object) error {
	_, err := c.Get(ctx, o)
	return err
}

func getByUID(c *ews.Calendar, o organizer.Object) error {
	_, err := c.Get(ctx, organizer.Object{UID: o.UID})
	return err
}

func putNew(c *ews.Calendar, _ organizer.Object) error {
	o, err := organizer.Encode(&invite.Meeting{Event: single()})
	if err == nil {
		_, err = c.Put(ctx, o)
	}
	return err
}

func putChange(c *ews.Calendar, o organizer.Object) error {
	e := single()
	e.Summary = "Review 2"
	next, err := organizer.Encode(&invite.Meeting{Event: e})
	if err == nil {
		next.Href, next.Tag = o.Href, o.Tag
		_, err = c.Put(ctx, next)
	}
	return err
}

func remove(c *ews.Calendar, o organizer.Object) error { return c.Delete(ctx, o) }

func removeAny(c *ews.Calendar, o organizer.Object) error {
	return c.Delete(ctx, organizer.Object{UID: o.UID})
}
