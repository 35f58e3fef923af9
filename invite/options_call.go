package invite

import (
	"slices"
	"time"
)

// A SendOption changes one [Client.Send] or [Client.PlanSend].
type SendOption interface{ forSend(*callOptions) }

// HideGuests shows each attendee only themselves and the organizer, in this and
// every later mail of the meeting. It excludes [OneMail].
func HideGuests() SendOption { return sendOption(func(c *callOptions) { c.hideGuests = true }) }

// OneMail sends one mail to all attendees together instead of one to each, in
// this and every later call about the meeting. Each then sees all addresses in
// To, and one refused recipient is a result of its own only if the Sender says
// so. It excludes [HideGuests].
func OneMail() SendOption { return sendOption(func(c *callOptions) { c.oneMail = true }) }

// Tag sets [Meeting.Tag].
func Tag(tag string) SendOption { return sendOption(func(c *callOptions) { c.tag = tag }) }

// A CancelOption changes one [Client.Cancel] or [Client.PlanCancel].
type CancelOption interface{ forCancel(*callOptions) }

// Occurrence cancels the occurrence with that original start. It is an error if
// the series has no such occurrence, also for the zero time. If no other occurrence
// takes place, it cancels the whole meeting. It excludes [OccurrenceAndLater].
func Occurrence(start time.Time) CancelOption {
	return cancelOption(func(c *callOptions) { c.occurrence = &start })
}

// OccurrenceAndLater cancels the occurrence with that original start and all later
// ones, or the whole meeting if none before it takes place. It is an error if the
// series has no such occurrence. It excludes [Occurrence].
func OccurrenceAndLater(start time.Time) CancelOption {
	return cancelOption(func(c *callOptions) { c.andLater = &start })
}

// A RemindOption changes one [Client.Remind] or [Client.PlanRemind].
type RemindOption interface{ forRemind(*callOptions) }

// OnlyTo reminds only the attendees with these addresses, even if they have
// answered. It is an error if there is no address, or if one is not invited.
func OnlyTo(emails ...string) RemindOption {
	emails = slices.Clone(emails)
	return remindOption(func(c *callOptions) { c.onlyTo, c.only = true, append(c.only, emails...) })
}

// A ResumeOption changes one [Client.Resume].
type ResumeOption interface{ forResume(*callOptions) }

// ResendUnknown sends mails again that may have arrived, each as the same mail,
// so that a receiver can notice. It includes mails in state [DeliverySending],
// which a crash leaves behind. So the caller says that nobody else is at work on
// the meeting.
func ResendUnknown() ResumeOption {
	return resumeOption(func(c *callOptions) { c.resendUnknown = true })
}

// Within begins no mail after that time from the beginning of the call. The mails that
// are in flight then are finished, and the rest stays pending, which is no error. So a
// worker with many meetings can divide its time among them. If d is not positive,
// there is no limit.
func Within(d time.Duration) ResumeOption {
	return resumeOption(func(c *callOptions) { c.within = d })
}

// A MailOption may be given to every call that makes new mails.
type MailOption interface {
	SendOption
	CancelOption
	RemindOption
	forMail(*callOptions)
}

// QueueOnly sends nothing. The mails of the call are checked, and are pending in
// the Meeting that comes back, for [Client.Resume]. So a program can store the
// Meeting in one transaction with its own data, and send the mails after the
// commit. The client needs no Sender for it, and its Ledger is not called.
func QueueOnly() MailOption { return mailOption(func(c *callOptions) { c.queueOnly = true }) }

// Comment adds the organizer's words to the text of the mails of a call.
func Comment(text string) MailOption { return mailOption(func(c *callOptions) { c.comment = text }) }

// AllowLint sends even if these lint rules have findings of error level. See
// [ical.Event.Lint]. It is an error if [ical.LintRules] does not have a name.
func AllowLint(rules ...string) MailOption {
	rules = slices.Clone(rules)
	return mailOption(func(c *callOptions) { c.allowLint = append(c.allowLint, rules...) })
}

// AllowPast mails an invitation, a change, a cancellation or a reminder even if the
// meeting lies wholly in the past. Without it, nobody is mailed, and [Plan.Skipped]
// says so. It also allows the lint rule start-past.
func AllowPast() MailOption { return mailOption(func(c *callOptions) { c.allowPast = true }) }

// TellAll mails all attendees if only the list of attendees changed. Without
// TellAll, only the attendees who were added or removed get a mail.
func TellAll() MailOption { return mailOption(func(c *callOptions) { c.tellAll = true }) }

// Attach sends files with the mails of a call, such as an agenda or a ticket. The names
// of the files differ. All of them together have at most 15 MiB, and there are at most 20.
// The calendar object of the mail is no file of this kind, and no file may be another one.
// A call mails the same attendees with files and without. [Client.Reinvite] sends a file
// to attendees who would get no mail otherwise.
//
// The Meeting keeps the name, type, size and SHA-256 of each file, see [Attached], and
// not its data. If a mail is not sent at once, its files are asked for again by
// Options.Files. Without that function, [QueueOnly] excludes Attach. If a request takes
// the place of a pending one, it has the files of both. Of two files with one name, it
// has the newer one.
func Attach(files ...File) MailOption {
	files = slices.Clone(files)
	return mailOption(func(c *callOptions) { c.files = append(c.files, files...) })
}

// callOptions has the options of one call.
type callOptions struct {
	hideGuests, oneMail bool
	tag                 string
	occurrence          *time.Time // its original start
	andLater            *time.Time // the original start of the first
	onlyTo              bool       // OnlyTo was given, so that only counts even if it is empty
	only                []string   // the addresses of OnlyTo
	resendUnknown       bool
	within              time.Duration // 0 is no limit
	queueOnly           bool
	comment             string
	allowLint           []string
	allowPast, tellAll  bool
	files               []File
}

// These are the options as functions. Each type has the methods of the calls that
// take it.
type (
	sendOption   func(*callOptions)
	cancelOption func(*callOptions)
	remindOption func(*callOptions)
	resumeOption func(*callOptions)
	mailOption   func(*callOptions)
)

func (f sendOption) forSend(c *callOptions)     { f(c) }
func (f cancelOption) forCancel(c *callOptions) { f(c) }
func (f remindOption) forRemind(c *callOptions) { f(c) }
func (f resumeOption) forResume(c *callOptions) { f(c) }
func (f mailOption) forSend(c *callOptions)     { f(c) }
func (f mailOption) forCancel(c *callOptions)   { f(c) }
func (f mailOption) forRemind(c *callOptions)   { f(c) }
func (f mailOption) forMail(c *callOptions)     { f(c) }

// callOf applies the options of a call, each by the method that its kind has. A
// nil option changes nothing.
func callOf[O comparable](opts []O, apply func(O, *callOptions)) callOptions {
	var c callOptions
	var none O
	for _, o := range opts {
		if o != none {
			apply(o, &c)
		}
	}
	return c
}

// TagOf returns the tag that [Tag] sets among the options of a call, or "". A program
// that has a [Client] for each tag needs it to choose one.
func TagOf(opts ...SendOption) string { return callOf(opts, SendOption.forSend).tag }
