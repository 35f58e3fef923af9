package ews

import (
	"strings"

	"github.com/convene-go/convene/invite/organizer"
)

// meaning is the meaning of a ResponseCode for a calendar. The empty one says that the same
// call may succeed later. A code that is not in the tables has it, because a new code
// must not make a program give up.
type meaning string

const (
	// meansPermanent: the same call fails again.
	meansPermanent  meaning = "permanent"
	meansGone       meaning = "gone"        // organizer.ErrGone
	meansChanged    meaning = "changed"     // organizer.ErrChanged
	meansDenied     meaning = "denied"      // organizer.ErrDenied
	meansWouldMail  meaning = "would mail"  // organizer.ErrWouldMail
	meansNoCalendar meaning = "no calendar" // organizer.ErrNoCalendar
)

// err returns the error of package organizer, and nil if there is none.
func (m meaning) err() error {
	switch m {
	case meansGone:
		return organizer.ErrGone
	case meansChanged:
		return organizer.ErrChanged
	case meansDenied:
		return organizer.ErrDenied
	case meansWouldMail:
		return organizer.ErrWouldMail
	case meansNoCalendar:
		return organizer.ErrNoCalendar
	}
	return nil
}

// meanings are the codes that are not temporary (MS-OXWSCDATA, section 2.2.5.24; the
// reference page of the element ResponseCode), without "Error" in front.
var meanings = byCode(map[meaning]string{
	meansGone: "ItemNotFound",

	meansChanged: `ChangeKeyRequired ChangeKeyRequiredForWriteOperations InvalidChangeKey
		IrresolvableConflict StaleObject`,

	meansDenied: `AccessDenied AccountDisabled CallerIsInvalidADAccount CreateItemAccessDenied
		CreateSubfolderAccessDenied ImpersonateUserDenied ImpersonationDenied
		InvalidAuthorizationContext InvalidLicense NoFreeBusyAccess OrganizationAccessBlocked
		PasswordChangeRequired PasswordExpired SendAsDenied TokenSerializationDenied`,

	meansWouldMail: `SendMeetingCancellationsRequired SendMeetingInvitationsOrCancellationsRequired
		SendMeetingInvitationsRequired`,

	// FolderNotFound is also the answer if the user may not see the folder.
	meansNoCalendar: `CannotCreateCalendarItemInNonCalendarFolder FolderNotFound
		MissingEmailAddress NoCalendar NonExistentMailbox ParentFolderNotFound
		SavedItemFolderNotFound ToFolderNotFound`,

	meansPermanent: `CalendarCannotMoveOrCopyOccurrence CalendarCannotUpdateDeletedItem
		CalendarCannotUseIdForOccurrenceId CalendarCannotUseIdForRecurringMasterId
		CalendarDurationIsTooLong CalendarEndDateIsEarlierThanStartDate
		CalendarFolderIsInvalidForCalendarView CalendarInvalidAttributeValue
		CalendarInvalidDayForTimeChangePattern CalendarInvalidDayForWeeklyRecurrence
		CalendarInvalidPropertyState CalendarInvalidPropertyValue CalendarInvalidRecurrence
		CalendarInvalidTimeZone CalendarIsNotOrganizer
		CalendarOccurrenceIndexIsOutOfRecurrenceRange
		CalendarOccurrenceIsDeletedFromRecurrence CalendarOutOfRange CalendarViewRangeTooBig
		CannotDeleteObject CannotUseFolderIdForItemId CannotUseItemIdForFolderId
		ContainsFilterWrongType ContentConversionFailed CorruptData CrossMailboxMoveCopy
		DataSizeLimitExceeded DuplicateSOAPHeader FolderCorrupt IncorrectSchemaVersion
		IncorrectUpdatePropertyCount IndividualMailboxLimitReached InvalidArgument
		InvalidExtendedProperty InvalidExtendedPropertyValue InvalidFolderId
		InvalidFolderTypeForOperation InvalidId InvalidIdEmpty InvalidIdMalformed
		InvalidIdMalformedEwsLegacyIdFormat InvalidIdMonikerTooLong InvalidIdNotAnItemAttachmentId
		InvalidIdStoreObjectIdTooLong InvalidIdXml InvalidIndexedPagingParameters
		InvalidItemForOperationCreateItem InvalidMailbox InvalidOperation InvalidPagingMaxRows
		InvalidParentFolder InvalidPropertyAppend InvalidPropertyDelete InvalidPropertyForExists
		InvalidPropertyForOperation InvalidPropertyRequest InvalidPropertySet
		InvalidPropertyUpdateSentMessage InvalidRecipients InvalidReferenceItem InvalidRequest
		InvalidRestriction InvalidRoutingType InvalidSchemaVersionForMailboxVersion
		InvalidServerVersion InvalidSmtpAddress InvalidTimeInterval InvalidUserPrincipalName
		InvalidValueForProperty ItemCorrupt ItemPropertyRequestFailed ItemSavePropertyError
		MailboxConfiguration MessageDispositionRequired MessageSizeExceeded
		MimeContentConversionFailed MimeContentInvalid MimeContentInvalidBase64String
		MissingArgument MissingInformationEmailAddress MissingRecipients
		MultiLegacyMailboxAccess NoPropertyTagForCustomProperties NonPrimarySmtpAddress
		ObjectTypeChanged OccurrenceCrossingBoundary OccurrenceTimeSpanTooBig PropertyUpdate
		PropertyValidationFailure QueryFilterTooLong RecurrenceEndDateTooBig
		RecurrenceHasNoOccurrence RequestStreamTooBig RequiredPropertyMissing
		RestrictionTooComplex RestrictionTooLong SchemaValidation SentMeetingRequestUpdate
		TimeZone UnsupportedCulture UnsupportedMapiPropertyType UnsupportedMimeConversion
		UnsupportedPathForQuery UnsupportedPathForSortGroup UnsupportedPropertyDefinition
		UnsupportedQueryFilter UnsupportedRecurrence UnsupportedTypeForConversion
		UpdatePropertyMismatch ValueOutOfRange VirusDetected VirusMessageDeleted
		WrongServerVersion WrongServerVersionDelegate`,
})

// byCode returns the meaning for each code.
func byCode(lists map[meaning]string) map[string]meaning {
	m := make(map[string]meaning)
	for means, list := range lists {
		for _, name := range strings.Fields(list) {
			m["Error"+name] = means
		}
	}
	return m
}

// meaningOf returns the meaning of a code.
func meaningOf(code string) meaning { return meanings[code] }
