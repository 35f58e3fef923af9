package invitetest

// Client is a mail program that answers invitations. The mails of each have their
// own shape.
type Client string

// The values of [Client]. A reader of answers must not rely on anything in which
// they differ: the structure of the mail, its language, the places of the organizer
// and of the attendee's comment, and the names of time zones.
const (
	ClientOutlook     Client = "outlook"     // with Exchange: no ORGANIZER, Windows time zones, German
	ClientGmail       Client = "gmail"       // the same calendar object twice, in UTC
	ClientApple       Client = "apple"       // an attachment without method
	ClientThunderbird Client = "thunderbird" // 8bit, and a text that may contradict the answer
	ClientEvolution   Client = "evolution"   // the whole body is the calendar object
)

// Clients returns all clients, for tests that try each of them.
func Clients() []Client {
	return []Client{ClientOutlook, ClientGmail, ClientApple, ClientThunderbird, ClientEvolution}
}

// writers has the function that writes an answer in the shape of each client. The
// shapes are taken from the mails under testdata/replies.
var writers = map[Client]func(r *response) string{
	ClientOutlook: outlook, ClientGmail: gmail, ClientApple: apple, ClientThunderbird: thunderbird, ClientEvolution: evolution,
}
