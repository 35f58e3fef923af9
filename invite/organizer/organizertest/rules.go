package organizertest

import "slices"

// rules are the rules for an [organizer.Calendar].
var rules = slices.Concat(entryRules, contentRules, syncRules, safeRules)

// entryRules are about the life of an entry.
var entryRules = []rule{
	{
		"New",
		"Put without Tag makes an entry, and returns it as Get does: with its UID, a Tag and Data. Get finds it by " +
			"UID alone and by Href. If nothing has changed, Get returns the same Tag and Data.",
		"return the entry as the server keeps it. If the reply to the change does not have it, read it with Get. " +
			"Get without Href searches for the UID.",
		nil, checkNew,
	}, {
		"Event",
		"Event is the meeting that Data describes, in the results of Put and Get.",
		"decode Data with ical.Decode, or make Data from Event with ical.Encode.",
		nil, checkEvent,
	}, {
		"Written",
		"If the server keeps something else than was put, Data is what the server keeps, and Written is what was " +
			"put. Otherwise Written is empty.",
		"compare the Data that was put with the Data that the server keeps. A server that changes Data may still " +
			"return an ETag, although it must not (RFC 4791, section 5.3.4).",
		nil, checkWritten,
	}, {
		"Values",
		"Put does not change its argument. The calendar keeps no memory of the caller, and the caller may change " +
			"what it gets.",
		"keep and return copies of slices.",
		nil, checkValues,
	}, {
		"Twice",
		"If there is an entry with that UID, Put without Tag returns ErrChanged, and the entry stays as it is.",
		"let the server decide, as If-None-Match: * does, and search for the UID before if the server does not " +
			"compare UIDs.",
		nil, checkTwice,
	}, {
		"Replace",
		"Put with the Tag that the entry has replaces the entry, and returns a new Tag.",
		"send the Tag as a condition, as If-Match does, and return the Tag of the new version.",
		nil, checkReplace,
	}, {
		"Changed",
		"If the entry has another Tag now, Put returns ErrChanged and stores nothing.",
		"send the Tag as a condition. To read and compare before the change is not enough, because somebody may be " +
			"faster.",
		nil, checkChanged,
	}, {
		"Edited",
		"A change by the organizer with another program gives the entry another Tag. Put with the old Tag then " +
			"returns ErrChanged, and the organizer's change stays.",
		"take a Tag that every change renews. A Schedule-Tag stays the same if answers come in (RFC 6638, section " +
			"3.2.10).",
		nil, checkEdited,
	}, {
		"PutGone",
		"If the entry was deleted, Put with its Tag makes nothing. The error is ErrGone, or ErrChanged if the " +
			"server cannot tell the two apart.",
		"return ErrGone if the server has no such entry, after a look if need be.",
		nil, checkPutGone,
	}, {
		"Anew",
		"After Delete, Put without Tag makes a new entry with the same UID.",
		"if the server keeps deleted entries in a bin, pass over them.",
		[]string{LackUIDs}, checkAnew,
	}, {
		"Apart",
		"Entries do not disturb each other.",
		"give each entry a name that follows from its UID, and that no other UID gives.",
		nil, checkApart,
	}, {
		"Delete",
		"Delete with the Tag that the entry has removes it, with or without Href. Get then returns ErrGone.",
		"delete the entry for good, or pass over deleted entries.",
		nil, checkDelete,
	}, {
		"DeleteChanged",
		"If the entry has another Tag now, Delete returns ErrChanged, and the entry stays.",
		"send the Tag as a condition of the deletion too.",
		nil, checkDeleteChanged,
	}, {
		"DeleteAny",
		"Delete without Tag removes the entry, whatever it is now.",
		"if Tag is empty, send no condition. If Href is empty, search for the UID.",
		nil, checkDeleteAny,
	}, {
		"DeleteTwice",
		"If the entry is deleted already, Delete returns ErrGone. With a Tag it may be ErrChanged, if the server " +
			"cannot tell the two apart.",
		"map the reply \"not found\" to ErrGone.",
		nil, checkDeleteTwice,
	}, {
		"Unknown",
		"Get and Delete return ErrGone if there was never an entry with that UID.",
		"an empty result of a search is ErrGone.",
		nil, checkUnknown,
	}, {
		"UIDs",
		"Each UID has an entry of its own, whatever its characters are. Letters in upper and lower case are " +
			"different.",
		"escape the UID in paths and queries. If the server searches for parts of a text or ignores case, compare " +
			"the UIDs of what it finds. A UID has at most 255 octets, and its escaped form is longer than some file " +
			"names may be.",
		[]string{LackUIDs}, checkUIDs,
	}, {
		"Refused",
		"Put returns an error and stores nothing if Data has a METHOD (RFC 4791, section 4.1), if it has another " +
			"UID than the Object, or if it is no meeting.",
		"decode Data with ical.Decode, and look at Method and UID, before anything is sent.",
		nil, checkRefused,
	},
}

// contentRules are about the content of an entry.
var contentRules = []rule{
	{
		"Times",
		"Start and end are the same instants in all zones, on both sides of a clock change.",
		"write instants in UTC, or clocks with the name of their zone. Windows names of zones are other names.",
		nil, checkTimes,
	}, {
		"AllDay",
		"An all-day meeting stays on its dates.",
		"write dates, and not midnight in some zone. The end is the day after the last one.",
		[]string{LackAllDay}, checkAllDay,
	}, {
		"Texts",
		"Title, place and description stay as they are, with all characters and lines.",
		"escape for iCalendar once, and then once more for XML or JSON. Texts are no HTML.",
		nil, checkTexts,
	}, {
		"LongText",
		"A description of 20,000 characters stays as it is.",
		"cut nothing.",
		[]string{LackLongTexts}, checkLongText,
	}, {
		"Sequence",
		"SEQUENCE is the number that was put, also if it stays the same or grows by more than 1.",
		"do not count revisions in the adapter.",
		[]string{LackSequence}, checkSequence,
	}, {
		"Answers",
		"The entry has each attendee once with the answer that was put, and an answer can be replaced.",
		"write PARTSTAT of each attendee, or the field of the server that stands for it.",
		[]string{LackAnswers}, checkAnswers,
	}, {
		"ScheduleAgent",
		"SCHEDULE-AGENT=CLIENT stays on every ATTENDEE, so that a later change with another program mails nobody.",
		"store Data as it is.",
		[]string{LackScheduleAgent}, checkScheduleAgent,
	}, {
		"Alarms",
		"An alarm in Data stays. It is the organizer's own.",
		"write the alarm with the entry, and read it back.",
		[]string{LackAlarms}, checkAlarms,
	}, {
		"Categories",
		"A category in Data stays. It is the organizer's own.",
		"write the categories with the entry, and read them back.",
		[]string{LackCategories}, checkCategories,
	}, {
		"Properties",
		"A property in Data that nobody knows stays.",
		"store Data as it is.",
		[]string{LackProperties}, checkProperties,
	}, {
		"Series",
		"A series has the same occurrences as the meeting, at the same instants, also after a clock change.",
		"write the rule with the zone of the series. With instants in UTC, half of the occurrences move by an " +
			"hour.",
		[]string{LackRecurrence}, checkSeries,
	}, {
		"Cancelled",
		"A cancelled occurrence of a series is missing, and the others stay.",
		"write EXDATE in the form of DTSTART, or cancel that instance on the server.",
		[]string{LackCancelledOccurrences}, checkCancelled,
	}, {
		"Moved",
		"An occurrence that differs from its series has its own times and texts. If Data has it no more, it is as " +
			"in the series again.",
		"write all of Data, and remove overrides that are not in Data any more.",
		[]string{LackOverrides}, checkMoved,
	}, {
		"OccurrenceAnswers",
		"An occurrence has the answers that were put for it, and the series has its own.",
		"write the attendees of each override.",
		[]string{LackOccurrenceAnswers}, checkOccurrenceAnswers,
	},
}

// syncRules are about [organizer.Sync] with the calendar.
var syncRules = []rule{
	{
		"SyncCreate",
		"organizer.Sync makes an entry that is equal to the meeting. Called again, it changes nothing.",
		"keep the rules New, Written and those about the content. Get must return the same Data as long as nothing " +
			"has changed.",
		nil, checkSyncCreate,
	}, {
		"SyncUpdate",
		"After each change of the meeting, organizer.Sync makes the entry equal to it.",
		"keep the rules Replace and Times. Put replaces the whole entry, with its attendees.",
		nil, checkSyncUpdate,
	}, {
		"SyncOccurrences",
		"If one occurrence is moved or cancelled, organizer.Sync makes the entry equal to the series.",
		"keep the rules Moved and Cancelled.",
		[]string{LackOverrides, LackCancelledOccurrences}, checkSyncOccurrences,
	}, {
		"SyncCancel",
		"organizer.Sync deletes the entry of a cancelled meeting. Called again, it returns no error.",
		"keep the rules Delete and DeleteTwice.",
		nil, checkSyncCancel,
	}, {
		"SyncAnswers",
		"The entry has the answers of 50 attendees, in whatever form they came: as Exchange or others write them, " +
			"to an address with a token, by a link, by telephone, or with another time.",
		"keep the rule Answers.",
		[]string{LackAnswers}, checkSyncAnswers,
	}, {
		"SyncOccurrenceAnswers",
		"The entry has the answers to single occurrences.",
		"keep the rule OccurrenceAnswers.",
		[]string{LackOccurrenceAnswers}, checkSyncOccurrenceAnswers,
	}, {
		"SyncDrift",
		"What the organizer changes in the entry is reported as drift, and stays there until the meeting changes " +
			"in the same field. Drift.Update brings it into the meeting.",
		"keep the rules Edited, Alarms and Written. Data must show what the organizer has changed.",
		nil, checkSyncDrift,
	}, {
		"SyncDeleted",
		"An entry that the organizer has deleted is reported as drift, and is not made again, unless Sync gets the " +
			"zero Object.",
		"keep the rules Delete and Anew.",
		nil, checkSyncDeleted,
	}, {
		"SyncRace",
		"If the organizer changes the entry between Get and Put of organizer.Sync, neither change is lost.",
		"keep the rules Changed and Edited.",
		nil, checkSyncRace,
	}, {
		"SyncLost",
		"If a reply is lost, the next organizer.Sync makes the entry equal to the meeting. It does not take its " +
			"own change for the organizer's.",
		"keep the rules LostNew, LostChange and LostDelete.",
		nil, checkSyncLost,
	},
}

// safeRules are about errors, races and mails.
var safeRules = []rule{
	{
		"EndedContext",
		"If the context has ended before the call, the error wraps ctx.Err(), and nothing is stored.",
		"begin with ctx.Err(), and wrap it with %w.",
		nil, checkEndedContext,
	}, {
		"RacingChanges",
		"If several calls of Put have the Tag that the entry has, one of them returns nil and is stored. The " +
			"others return ErrChanged.",
		"let the server compare the Tag in the same step in which it stores. If it reports a conflict by another " +
			"code, map that to ErrChanged.",
		nil, checkRacingChanges,
	}, {
		"RacingNews",
		"If several calls of Put make one entry, one of them returns nil and is stored. The others return " +
			"ErrChanged.",
		"give the entry a name that follows from its UID, so that the server sees two of them.",
		[]string{LackUIDs}, checkRacingNews,
	}, {
		"LostNew",
		"If the reply to Put of a new entry was lost, the error is none that a program decides on. Get then " +
			"returns the entry, and Put again does not make a second one.",
		"do not repeat a change inside of Put without looking, because its own first try looks like somebody " +
			"else's change. Do not map errors of the connection to ErrGone and the like.",
		[]string{LackUIDs}, checkLostNew,
	}, {
		"LostChange",
		"If the reply to Put of a change was lost, the error is none that a program decides on. Get then returns " +
			"the change.",
		"do not repeat a change inside of Put without looking, because the old Tag is not valid any more.",
		nil, checkLostChange,
	}, {
		"LostDelete",
		"If the reply to Delete was lost, the error is none that a program decides on. Get and Delete then return " +
			"ErrGone.",
		"do not map errors of the connection to ErrGone and the like.",
		nil, checkLostDelete,
	}, {
		"NoCalendar",
		"If the calendar does not exist, all methods return ErrNoCalendar, and never ErrGone, because a program " +
			"takes that for a deletion by the organizer.",
		"if the server says \"not found\", look whether the calendar itself is there.",
		nil, checkNoCalendar,
	}, {
		"Denied",
		"If this user may change nothing, Put returns ErrDenied.",
		"map the reply \"forbidden\" to ErrDenied, unless it is about the content.",
		nil, checkDenied,
	}, {
		"Away",
		"While the server is away, all methods return errors, and none that a program decides on. When it is back, " +
			"the entries are as they were.",
		"take 404 for ErrGone only if the server itself says so. Return errors 5xx and errors of the connection as " +
			"they are.",
		nil, checkAway,
	}, {
		"Reserve",
		"Reserve makes an entry without attendees. The same key gives the same UID, another key gives another one. " +
			"Put then replaces the entry.",
		"send the key as the identifier of the transaction, or keep it in the entry and search for it.",
		nil, checkReserve,
	}, {
		"LostReserve",
		"If the reply to Reserve was lost, Reserve with the same key returns the UID of the entry that was made. " +
			"There is one entry.",
		"send the key with the request, so that the server knows it again, or search for the entry by its key.",
		nil, checkLostReserve,
	}, {
		"Mails",
		"The server mails nobody, whatever is made, changed or deleted.",
		"write SCHEDULE-AGENT=CLIENT as Data has it, and switch off mails in each request, as SendToNone and " +
			"sendUpdates=none do.",
		nil, checkMails,
	},
}
