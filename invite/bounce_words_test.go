package invite_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convene-go/convene/invite"
)

// wordsCase is a mail, and the meaning that it must have for the meeting of trio. In the
// mail, COPY stands for our mail to Ann, HEAD for its header, and {ID} for its Message-ID.
type wordsCase struct {
	name, mail string
	kind       invite.Kind
	want       invite.Verdict
}

// The headers of letters by servers.
const (
	fromDaemon = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.test\nTo: desk@example.test\n"
	fromAdmin  = "Return-Path: <>\nFrom: System Administrator <postmaster@mx.example.test>\nTo: desk@example.test\n"
)

// attached attaches our mail to a letter.
func attached(header, text string) string {
	return header + "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n" + text +
		"\n--b\nContent-Type: message/rfc822\n\nCOPY\n--b--\n"
}

const isLost, noAnswer, isHeld, isOther, isReceipt = invite.VerdictUndeliverable, invite.VerdictNotAnAnswer, invite.VerdictHeld, invite.KindOther, invite.KindReceipt

// serverLetters are written in the shapes of the letters of known servers.
var serverLetters = []wordsCase{
	{"qmail", fromDaemon + "Subject: failure notice\n\nHi. This is the qmail-send program at mx.example.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@example.test>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.test>\nCOPY", isBounce, isLost},
	{"qmail, a reply of the other server", fromDaemon + "\nHi. This is the qmail-send program at mx.example.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n<ann@example.test>:\n192.0.2.7 does not like recipient.\nRemote host said: 550 no such user here\nGiving up on 192.0.2.7.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.test>\nCOPY", isBounce, isLost},
	{"qmail, too long in the queue", fromDaemon + "\nHi. This is the qmail-send program at mx.example.test.\nI'm afraid I wasn't able to deliver your message to the following addresses.\n\n<ann@example.test>:\nSorry, I wasn't able to establish an SMTP connection. (#4.4.1)\nI'm not going to try again; this message has been in the queue too long.\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.test>\nCOPY", isBounce, isLost},
	{"qmail, without a reverse path", "From: MAILER-DAEMON@mx.example.test\n\nHi. This is the qmail-send program at mx.example.test.\n\n<ann@example.test>:\nSorry. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.test>\nCOPY", isBounce, isLost},
	{"Postfix before reports", fromDaemon + "Subject: Undelivered Mail Returned to Sender\n\nThis is the Postfix program at host mx.example.test.\n\nI'm sorry to have to inform you that your message could not be\nbe delivered to one or more recipients. It's attached below.\n\nFor further assistance, please send mail to <postmaster>\n\n\t\t\tThe Postfix program\n\n<ann@example.test>: host mail.example.test[192.0.2.7] said: 550 5.1.1\n    <ann@example.test>: Recipient address rejected: User unknown in local\n    recipient table (in reply to RCPT TO command)\n\nHEAD\n", isBounce, isLost},
	{"Postfix, the mail attached", attached(fromDaemon, "This is the mail system at host mx.example.test.\n\n<ann@example.test>: unknown user: \"ann\"\n"), isBounce, isLost},
	{"Postfix, a delay", attached(fromDaemon+"Subject: Delayed Mail (still being retried)\n", "This is the mail system at host mx.example.test.\n\n####################################################################\n# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n####################################################################\n\nYour message could not be delivered for more than 4 hour(s).\nIt will be retried until it is 5 day(s) old.\n\n<ann@example.test>: connect to mail.example.test[192.0.2.7]:25: Connection timed out\n"), isBounce, noAnswer},
	{"Sendmail 8", fromDaemon + "Subject: Returned mail: see transcript for details\nAuto-Submitted: auto-generated (failure)\n\nThe original message was received at Mon, 1 Feb 2027 08:00:00 GMT\nfrom desk.example.test [192.0.2.1]\n\n   ----- The following addresses had permanent fatal errors -----\n<ann@example.test>\n    (reason: 550 5.1.1 <ann@example.test>... User unknown)\n\n   ----- Transcript of session follows -----\n... while talking to mail.example.test.:\n>>> DATA\n<<< 550 5.1.1 <ann@example.test>... User unknown\n550 5.1.1 <ann@example.test>... User unknown\n<<< 503 5.0.0 Need RCPT (recipient)\n\n   ----- Original message follows -----\n\nReturn-Path: <desk@example.test>\nHEAD\n", isBounce, isLost},
	{"Sendmail 8, old", "Return-Path: <MAILER-DAEMON@mx.example.test>\nFrom: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.test>\nTo: desk@example.test\nAuto-Submitted: auto-generated (failure)\n\n   ----- Transcript of session follows -----\n550 ann@example.test... User unknown\n\n   ----- Unsent message follows -----\nReceived: from desk by mx\nHEAD\n", isBounce, isLost},
	{"Sendmail 8, a warning", fromDaemon + "Subject: Warning: could not send message for past 4 hours\n\n    **********************************************\n    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n    **********************************************\n\nThe original message was received at Mon, 1 Feb 2027 08:00:00 GMT\n\n   ----- The following addresses had transient non-fatal errors -----\n<ann@example.test>\n\n   ----- Transcript of session follows -----\n<ann@example.test>... Deferred: Connection timed out with mail.example.test.\nWarning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n\nHEAD\n", isBounce, noAnswer},
	{"Exim", "Return-path: <>\nX-Failed-Recipients: ann@example.test\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.test>\nTo: desk@example.test\nSubject: Mail delivery failed: returning message to sender\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n  ann@example.test\n    SMTP error from remote mail server after RCPT TO:<ann@example.test>:\n    host mail.example.test [192.0.2.7]: 550 5.1.1 User unknown\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <desk@example.test>\nCOPY", isBounce, isLost},
	{"Exim, retry timeout", "Return-path: <>\nX-Failed-Recipients: ann@example.test\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.test>\nTo: desk@example.test\n\nThis message was created automatically by mail delivery software.\n\nA message that you sent could not be delivered to one or more of its recipients.\n\n  ann@example.test\n    host mail.example.test [192.0.2.7]: 451 4.3.0 try later:\n    retry timeout exceeded\n\n------ This is a copy of the message, including all the headers. ------\n\nReturn-path: <desk@example.test>\nCOPY", isBounce, isLost},
	{"Exim, a delay", "Return-path: <>\nAuto-Submitted: auto-replied\nFrom: Mail Delivery System <Mailer-Daemon@mx.example.test>\nTo: desk@example.test\nSubject: Warning: message 1abcde-000000-AA delayed 24 hours\n\nThis message was created automatically by mail delivery software.\nA message that you sent has not yet been delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.example.test.\n\nThe message identifier is:     1abcde-000000-AA\nThe subject of the message is: Review\nMessage-ID: {ID}\n\nThe address to which the message has not yet been delivered is:\n\n  ann@example.test\n    Delay reason: 550 here would be an error\n\nNo action is required on your part. Delivery attempts will continue for\nsome time, and this warning may be repeated at intervals if the message\nremains undelivered.\n", isBounce, isHeld},
	{"Exchange 5.5", attached(fromAdmin+"X-Mailer: Internet Mail Service (5.5.2653.19)\n", "Your message\n\n  To:      ann@example.test\n  Subject: Review\n  Sent:    Mon, 1 Feb 2027 08:00:00 -0000\n\ndid not reach the following recipient(s):\n\nann@example.test on Mon, 1 Feb 2027 08:00:05 -0000\n    The recipient name is not recognized\n\tThe MTS-ID of the original message is: c=US;a= ;p=Example;l=MAIL0102010800\n    MSEXCH:IMS:Example:SITE:MAIL 0 (000C05A6) Unknown Recipient\n"), isBounce, isLost},
	{"Exchange 5.5, German", attached(fromAdmin, "Ihre Nachricht\n\n  An:      ann@example.test\n  Betreff: Review\n  Gesendet am:    Mon, 1 Feb 2027 08:00:00 -0000\n\nhat die folgenden Empfänger nicht erreicht:\n\nann@example.test am Mon, 1 Feb 2027 08:00:05 -0000\n    Der Empfängername wurde nicht erkannt\n"), isBounce, isLost},
	{"Exchange 5.5, French", attached(fromAdmin, "Votre message\n\n  À :      ann@example.test\n  Objet :  Review\n  Date :   Mon, 1 Feb 2027 08:00:00 -0000\n\nn’est pas parvenu aux destinataires suivants :\n\nann@example.test le Mon, 1 Feb 2027 08:00:05 -0000\n    Le nom du destinataire n’est pas reconnu\n"), isBounce, isLost},
	{"Exchange 2000", attached(fromAdmin, "Your message did not reach some or all of the intended recipients.\n\n      Subject:\tReview\n      Sent:\t2/1/2027 8:00 AM\n\nThe following recipient(s) could not be reached:\n\n      ann@example.test on 2/1/2027 8:00 AM\n            The e-mail account does not exist at the organization this message was sent to.  Check the e-mail address, or contact the recipient directly to find out the correct address.\n            <mail.example.test #5.1.1>\n"), isBounce, isLost},
	{"Exchange 2003, German", attached(fromAdmin, "Ihre Nachricht hat einige oder alle Empfänger nicht erreicht.\n\n      Betreff:\tReview\n      Gesendet am:\t01.02.2027 08:00\n\nFolgende(r) Empfänger kann/können nicht erreicht werden:\n\n      ann@example.test am 01.02.2027 08:00\n            Das E-Mail-Konto ist in der Organisation, an die diese Nachricht gesendet wurde, nicht vorhanden.\n            <mail.example.test #5.1.1>\n"), isBounce, isLost},
	{"Exchange 2003, French", attached(fromAdmin, "Votre message n'a pas pu être remis à certains ou à l'ensemble des destinataires.\n\n      Objet :\tReview\n      Date :\t01/02/2027 08:00\n\nImpossible de joindre le(s) destinataire(s) suivant(s) :\n\n      ann@example.test le 01/02/2027 08:00\n            <mail.example.test #5.1.1 smtp;550 5.1.1 User unknown>\n"), isBounce, isLost},
	{"Exchange 2003, German, a delay", attached(fromAdmin, "Dies ist eine automatisch erstellte Benachrichtigung über den Zustellstatus.\n\nDIES IST NUR EINE WARNUNG. SIE MÜSSEN DIE NACHRICHT NICHT ERNEUT SENDEN.\n\nDie Übermittlung an folgende Empfänger wurde verzögert:\n\n       ann@example.test\n"), isBounce, noAnswer},
	{"Exchange 2007, by In-Reply-To", "Return-Path: <>\nFrom: Microsoft Exchange <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@example.test>\nTo: desk@example.test\nIn-Reply-To: {ID}\nReferences: {ID}\nContent-Type: text/html; charset=utf-8\n\n<html><body><p><b>Delivery has failed to these recipients or distribution lists:</b></p><p><a href=\"mailto:ann@example.test\">ann@example.test</a><br>The recipient's e-mail address was not found.</p><p>#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##</p></body></html>", isBounce, isLost},
	{"Domino", attached("Return-Path: <>\nFrom: Postmaster@example.test\nTo: desk@example.test\nSubject: DELIVERY FAILURE: User ann (ann@example.test) not listed in Domino Directory\n", "Your message\n\n  Subject: Review\n\nwas not delivered to:\n\n  ann@example.test\n\nbecause:\n\n  User ann (ann@example.test) not listed in Domino Directory\n"), isBounce, isLost},
	{"Domino, a name alone", attached("Return-Path: <>\nFrom: Postmaster@example.test\nTo: desk@example.test\n", "Your message\n\n  Subject: Review\n\nwas not delivered to:\n\n  CN=Ann/O=Example\n\nbecause:\n\n  User not listed in Domino Directory\n"), isBounce, isHeld},
	{"Lotus Notes, the header in the text", "Return-Path: <>\nFrom: Postmaster@example.test\nTo: desk@example.test\n\nFailed to deliver memo to ann@example.test.\nError is: No route found to domain; user unknown\n\n------- Returned Message Header --------\n\n  HEAD-INDENTED\n", isBounce, isLost},
	{"GroupWise", attached("Return-Path: <>\nFrom: <Mailer-Daemon@gwia.example.test>\nTo: desk@example.test\nSubject: Message status - undeliverable\n", "The message that you sent was undeliverable to the following:\n\tann@example.test (user not found)\n\nPossibly truncated original message follows:\n"), isBounce, isLost},
	{"GroupWise, a code", fromDaemon + "\nThe message that you sent was undeliverable to the following:\n\tann@example.test (550 User unknown)\n\nPossibly truncated original message follows:\n\nReceived: from x\nCOPY", isBounce, isLost},
	{"Gmail", fromDaemon + "X-Failed-Recipients: ann@example.test\nIn-Reply-To: {ID}\n\nDelivery to the following recipient failed permanently:\n\n     ann@example.test\n\nTechnical details of permanent failure: \nGoogle tried to deliver your message, but it was rejected by the server for the recipient domain example.test by mail.example.test. [192.0.2.7].\n\nThe error that the other server returned was:\n550 5.1.1 <ann@example.test>: Recipient address rejected\n\n\n----- Original message -----\n\nReceived: by 192.0.2.9 with SMTP id a1\nHEAD\n", isBounce, isLost},
	{"Gmail, a delay", fromDaemon + "In-Reply-To: {ID}\n\nThis is an automatically generated Delivery Status Notification\n\nTHIS IS A WARNING MESSAGE ONLY.\n\nYOU DO NOT NEED TO RESEND YOUR MESSAGE.\n\nDelivery to the following recipient has been delayed:\n\n     ann@example.test\n\nMessage will be retried for 2 more day(s)\n\nTechnical details of temporary failure: \nThe recipient server did not accept our requests to connect.\n", isBounce, noAnswer},
	{"Yahoo", fromDaemon + "Subject: Failure Notice\n\nSorry, we were unable to deliver your message to the following address.\n\n<ann@example.test>:\nRemote host said: 554 delivery error: dd This user doesn't have an account [0] - mta1.example.test [BODY]\n\n--- Below this line is a copy of the message.\n\nReceived: from x\nCOPY", isBounce, isLost},
	{"Courier", attached("Return-Path: <>\nFrom: \"Courier mail server at mx.example.test\" <@>\nTo: desk@example.test\n", "This is a delivery status notification from mx.example.test,\nrunning the Courier mail server, version 0.65.\n\nThe original message was received on Mon, 01 Feb 2027 08:00:00 +0000\n\n---------------------------------------------------------------------------\n\n                           UNDELIVERABLE MAIL\n\nYour message to the following recipients cannot be delivered:\n\n<ann@example.test>:\n    mail.example.test [192.0.2.7]:\n>>> RCPT TO:<ann@example.test>\n<<< 550 User unknown.\n"), isBounce, isLost},
	{"MDaemon", attached("Return-Path: <>\nFrom: MDaemon@mx.example.test\nTo: desk@example.test\nSubject: Permanent Delivery Failure\n", "The attached message had PERMANENT fatal delivery errors!\n\nAfter one or more unsuccessful delivery attempts the attached message has been\nremoved from the mail queue on this server.\n\nYOUR DATA FOLLOWS:\n\nFailed address: ann@example.test\n\n--- Session Transcript ---\n Mon 2027-02-01 08:00:01: <-- 550 <ann@example.test>, Recipient unknown\n--- End Transcript ---\n"), isBounce, isLost},
	{"IMail", fromAdmin + "Subject: Undeliverable Mail\n\nUser mailbox exceeds allowed size: ann@example.test\n\nOriginal message follows.\n\nReceived: from x\nCOPY", isBounce, isLost},
	{"IMail, no user", fromAdmin + "\nUnknown user: ann@example.test\n\nOriginal message follows.\n\nReceived: from x\nCOPY", isBounce, isLost},
	{"CommuniGate", attached(fromDaemon, "Failed to deliver to 'ann@example.test'\nSMTP module(domain example.test) reports:\n mail.example.test: response: 550 5.1.1 User unknown\n\nCommuniGate Pro SMTP 4.1.8\n"), isBounce, isLost},
	{"CommuniGate, a delay", attached(fromDaemon, "Message is delayed for 'ann@example.test'\nSMTP module(domain example.test) reports:\n mail.example.test: 451 4.7.1 Greylisted, try later\n"), isBounce, noAnswer},
	{"Zimbra", fromDaemon + "\nThis is the mail system at host zimbra.example.test.\n\nI'm sorry to have to inform you that your message could not\nbe delivered to one or more recipients.\n\n<ann@example.test>: host zimbra.example.test[192.0.2.7] said: 552 5.2.2 Over\n    quota (in reply to end of DATA command)\n\nReturn-Path: <desk@example.test>\nHEAD\n", isBounce, isLost},
	{"hMailServer", "Return-Path: <>\nFrom: mailer-daemon@mx.example.test\nTo: desk@example.test\nSubject: Message undeliverable: Review\n\nYour message did not reach some or all of the intended recipients.\n\n   Sent: Mon, 1 Feb 2027 08:00:00 +0000\n   Subject: Review\n\nThe following recipient(s) could not be reached:\n\nann@example.test\n   Error Type: SMTP\n   Remote server (192.0.2.7) issued an error.\n   hMailServer sent: RCPT TO:<ann@example.test>\n   Remote server replied: 550 5.1.1 User unknown\n\nhMailServer\n\n> HEAD-QUOTED\n", isBounce, isLost},
	{"Kerio", attached("Return-Path: <>\nFrom: Mail Delivery Subsystem <postmaster@mx.example.test>\nTo: desk@example.test\n", "Your message could not be delivered to some recipients.\n\nThe following recipient(s) could not be reached:\n\n  ann@example.test\n    User doesn't exist\n"), isBounce, isLost},
	{"Mimecast, Message-ID in a line", fromAdmin + "\nDelivery failure.\nThe message with Message-ID: {ID} was rejected.\nann@example.test: 550 Rejected by header based manually blocked senders\n", isBounce, isLost},
	{"Spanish", attached(fromAdmin, "Su mensaje no se pudo entregar a:\n\n  ann@example.test\n"), isBounce, isLost},
	{"a language that is not known here", attached(fromAdmin, "Az üzenetet nem sikerült kézbesíteni:\n\n  ann@example.test\n"), isBounce, isHeld},
	{"an administrator who is not known here", attached("Return-Path: <>\nFrom: Mail Admin <admin@mx.example.test>\nTo: desk@example.test\n", "Rejected: ann@example.test: 550 User unknown\n"), isBounce, isHeld},
	{"another address beside it", attached(fromDaemon, "This is the mail system at mx. Ask help@example.test.\n\nIt could not be delivered to ann@example.test.\n"), isBounce, isLost},
	{"a delay, and another address that failed", attached(fromDaemon, "<ann@example.test>: 451 4.7.1 Try later\n\n<eve@example.test>: 550 5.1.1 User unknown\n"), isBounce, invite.VerdictUnknownAttendee},
	{"the codes of two classes", attached(fromDaemon, "It will be retried.\n\n<ann@example.test>: 550 5.1.1 User unknown\n"), isBounce, isHeld},
	{"another address", attached(fromDaemon, "<ann.example@example.test>: 550 5.1.1 User unknown\n"), isBounce, isHeld},
	{"a report without its part", fromDaemon + "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n\n<ann@example.test>: 550 User unknown\n--b\nContent-Type: text/rfc822-headers\n\nHEAD\n--b--\n", isBounce, isLost},
	{"header attached to a mixed mail", fromDaemon + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\n<ann@example.test>: 550 User unknown\n--b\nContent-Type: text/rfc822-headers\n\nHEAD\n--b--\n", isBounce, isLost},
	{"words for success", attached(fromDaemon, "Your message was successfully delivered to ann@example.test.\n"), isReceipt, noAnswer},
	{"codes for success", attached(fromDaemon, "<ann@example.test>: delivery via lmtp: 2.1.5 Saved\n"), isReceipt, noAnswer},
	{"by References", fromDaemon + "References: <other@example.test> {ID}\n\n<ann@example.test>: 550 5.1.1 User unknown\n", isBounce, isLost},
	{"of a letter that answers our mail", fromDaemon + "References: {ID} <other@example.test>\n\n<ann@example.test>: 550 5.1.1 User unknown\n", isBounce, invite.VerdictUnknownEvent},
	{"of a letter that answers our mail, with a copy", fromDaemon + "In-Reply-To: {ID}\n\n<ann@example.test>: 550 5.1.1 User unknown\n\nMIME-Version: 1.0\nIn-Reply-To: {ID}\nReferences: {ID}\nMessage-ID: <other@example.test>\nSubject: Re: Review\n", isBounce, invite.VerdictUnknownEvent},
	{"of a letter to which our mail is attached", fromDaemon + "\n<ann@example.test>: 550 5.1.1 User unknown\n\nMIME-Version: 1.0\nMessage-ID: <other@example.test>\nSubject: Fwd: Review\n\nCOPY", isBounce, invite.VerdictUnknownEvent},
	{"of another meeting", fromDaemon + "\nThis is the mail system at host mx.\n\n<ann@example.test>: 550 5.1.1 User unknown\n\nMessage-ID: <other@example.test>\nMIME-Version: 1.0\nSubject: Other\n", isBounce, invite.VerdictUnknownEvent},
}

const isBounce = invite.KindBounce

// quotingLetters quote a bounce, or our mail, and are none.
var quotingLetters = []wordsCase{
	{"a reply", "Return-Path: <bob@example.test>\nFrom: bob@example.test\nTo: desk@example.test\nIn-Reply-To: {ID}\nSubject: Re: Review\n\nAnn's mail came back, see below.\n\n> This is the mail system at host mx.example.test.\n> <ann@example.test>: 550 5.1.1 User unknown\n>\n> Return-Path: <desk@example.test>\n> HEAD-QUOTED\n", isOther, noAnswer},
	{"a forward", attached("Return-Path: <bob@example.test>\nFrom: bob@example.test\nTo: desk@example.test\nSubject: Fwd: Undelivered\n", "This is the mail system at host mx.example.test.\n\n<ann@example.test>: 550 5.1.1 User unknown\n"), invite.KindRequest, noAnswer},
	{"a forward of a bounce as it is", "Return-Path: <bob@example.test>\nFrom: bob@example.test\nTo: desk@example.test\n\nHi. This is the qmail-send program at mx.example.test.\n\n<ann@example.test>:\nSorry. (#5.1.1)\n\n--- Below this line is a copy of the message.\n\nReturn-Path: <desk@example.test>\nCOPY", isOther, noAnswer},
	{"without a reverse path", "From: bob@example.test\nTo: desk@example.test\n\nHi. This is the qmail-send program at mx.example.test.\n\n<ann@example.test>:\nSorry. (#5.1.1)\n\nReturn-Path: <desk@example.test>\nCOPY", isOther, noAnswer},
	{"a postmaster who replies", "Return-Path: <postmaster@example.test>\nFrom: Postmaster <postmaster@example.test>\nTo: desk@example.test\nIn-Reply-To: {ID}\n\nHi desk, the log of yesterday is below. It is mended now.\n\n> ann@example.test: 550 5.1.1 User unknown\n> Message-ID: {ID}\n", isOther, noAnswer},
	{"an out-of-office notice", "Return-Path: <>\nFrom: ann@example.test\nTo: desk@example.test\nAuto-Submitted: auto-replied\nIn-Reply-To: {ID}\n\nI am away. Call 550 123 456, or write to bob@example.test.\n\nReturn-Path: <desk@example.test>\nHEAD\n", invite.KindAutoReply, noAnswer},
	{"an out-of-office notice without its field", "Return-Path: <>\nFrom: ann@example.test\nTo: desk@example.test\nIn-Reply-To: {ID}\n\nI am away. Mails to ann@example.test are not read. Ask bob@example.test, telephone 550 123 456.\n\nReturn-Path: <desk@example.test>\nHEAD\n", isOther, noAnswer},
	{"an out-of-office notice with a code", "Return-Path: <>\nFrom: ann@example.test\nTo: desk@example.test\nIn-Reply-To: {ID}\n\nMy old address ann@example.test gives 550 5.1.1 now.\n", isOther, noAnswer},
	{"an out-of-office notice that quotes a bounce", "Return-Path: <>\nFrom: bob@example.test\nTo: desk@example.test\nAuto-Submitted: auto-replied\nIn-Reply-To: {ID}\n\nI am away.\n\n<ann@example.test>: 550 5.1.1 User unknown\n", invite.KindAutoReply, noAnswer},
	{"a digest of a list", "Return-Path: <>\nFrom: MAILER-DAEMON@lists.example.test\nTo: desk@example.test\nList-Id: <team.lists.example.test>\n\n<ann@example.test>: 550 5.1.1 User unknown\n\nReturn-Path: <desk@example.test>\nCOPY", isOther, noAnswer},
	{"a read receipt", "Return-Path: <>\nFrom: ann@example.test\nTo: desk@example.test\nIn-Reply-To: {ID}\n\nYour message\n\n  To: ann@example.test\n  Subject: Review\n\nwas read on Mon, 1 Feb 2027 09:00.\n", isOther, noAnswer},
	{"a read receipt with its part", fromDaemon + "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\n<ann@example.test>: 550 User unknown\n--b\nContent-Type: text/rfc822-headers\n\nHEAD\n--b--\n", isReceipt, noAnswer},
	{"a warning about a quota", fromDaemon + "\nYour mailbox desk@example.test has 500 MB and is nearly full.\n", isOther, noAnswer},
	{"a challenge", "Return-Path: <>\nFrom: ann@example.test\nTo: desk@example.test\nAuto-Submitted: auto-generated\nIn-Reply-To: {ID}\n\nPlease confirm that you are a person. Your mail to ann@example.test waits.\n", invite.KindAutoReply, noAnswer},
}

// fill puts our mail to Ann into a case.
func fill(mail string, sent *invite.Message) string {
	whole := strings.ReplaceAll(string(sent.Data), "\r\n", "\n")
	head, _, _ := strings.Cut(whole, "\n\n")
	return strings.NewReplacer("COPY", whole, "HEAD-INDENTED", strings.ReplaceAll(head, "\n", "\n  "), "HEAD-QUOTED", strings.ReplaceAll(head, "\n", "\n> "), "HEAD", head, "{ID}", sent.ID).Replace(mail)
}

// TestBouncesInWords applies letters of servers that report in words, and letters that
// only quote one, by the strictest policy.
func TestBouncesInWords(t *testing.T) {
	r := new(recorder)
	m := mustSend(t, invite.New(r, fixed()), trio())
	strict := &invite.Policy{RequireAuth: true, AuthServID: "mx.example.test", Now: func() time.Time { return pinned().AddDate(0, 0, 30) }}
	for _, tt := range append(serverLetters, quotingLetters...) {
		t.Run(tt.name, func(t *testing.T) {
			in := readMail(t, []byte(fill(tt.mail, r.mails[0])))
			got, o := m.Apply(in, strict)
			if in.Kind != tt.kind || o.Verdict != tt.want || o.Held != (tt.want == isHeld) {
				t.Errorf("Kind = %s, Apply = %+v, want %s, %s; Read: %s; report %+v", in.Kind, o, tt.kind, tt.want, in.Reason, in.Mail.Report)
			}
			for i, d := range got.Deliveries {
				if (d.State == invite.DeliveryUndelivered) != (i == 0 && tt.want == isLost) {
					t.Errorf("the mail to %s is %s", d.To, d.State)
				}
			}
			if tt.want == noAnswer && in.Mail.Report != nil && !strings.Contains(in.Reason, "changes nothing") {
				t.Errorf("Reason = %q, want that it changes nothing", in.Reason)
			}
		})
	}
}
