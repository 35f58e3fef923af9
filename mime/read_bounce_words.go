package mime

import "strings"

// The phrases of servers, as [plainWords] writes them. They are further evidence about a
// letter that a server wrote. A letter without any of them is not believed less if it has
// codes.
var (
	// failed are words for a mail that did not arrive.
	failed = []string{
		"could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered", "was not delivered", "wasn't delivered",
		"were not delivered", "wasn't able to deliver", "unable to deliver", "unable to be delivered", "undeliverable", "undelivered mail", "undelivered message",
		"delivery failed", "delivery has failed", "delivery failure", "mail delivery failed", "failed to deliver", "failed permanently",
		"did not reach", "could not be reached", "could not send", "fatal error", "user unknown", "unknown user", "no such user",
		"recipient unknown", "unknown recipient", "mailbox unavailable", "mailbox not found", "address not found", "does not exist", "doesn't exist",
		"not listed in", "invalid recipient", "invalid final delivery", "mailbox is full", "mailbox full", "quota exceeded", "over quota", "exceeds allowed size",
		"nicht zugestellt werden", "wurde nicht zugestellt", "nicht zustellbar", "unzustellbar", "nicht erreicht", "fehlgeschlagen", "existiert nicht",
		"n'a pas pu être", "n'ont pas pu être", "n'a pas été remis", "n'est pas parvenu", "non remis", "impossible de remettre", "échec", "n'existe pas",
		"no se pudo entregar", "no se ha podido entregar", "no se ha entregado", "no ha podido entregarse", "no entregado", "no existe",
		"non è stato possibile recapitare", "non è stato recapitato", "mancato recapito", "impossibile recapitare", "non esiste",
		"niet worden bezorgd", "niet worden afgeleverd", "niet afgeleverd", "onbestelbaar", "bestaat niet",
		"não pôde ser entregue", "não foi possível entregar", "não foi entregue", "não existe",
		"nie można było dostarczyć", "nie została dostarczona", "nie mogła zostać dostarczona", "nie istnieje",
		"kunde inte levereras", "har inte levererats", "kunne ikke leveres", "blev ikke leveret", "ei voitu toimittaa",
		"не удалось доставить", "не доставлено", "не может быть доставлено", "не было доставлено", "配信できませんでした", "配送できませんでした", "无法投递", "无法送达",
	}
	// givenUp are words for the end of all tries.
	givenUp = []string{
		"giving up", "given up", "not going to try again", "queue too long", "retry timeout exceeded", "has expired", "time expired", "timed out waiting",
		"no further attempts", "will not be retried", "will not try again", "no longer be retried", "wird nicht weiter versucht", "keine weiteren zustellversuche",
		"aufgegeben", "abandonné", "aucune autre tentative", "no se realizarán más intentos", "geen verdere pogingen",
	}
	// delayed are words for a mail that a server still tries to deliver.
	delayed = []string{
		"keep trying", "will continue to", "attempts will continue", "continue trying", "will be retried", "will retry", "will try again", "will be tried again",
		"still trying", "not yet been delivered", "not been delivered yet", "has been delayed", "is delayed", "was delayed", "delivery delayed", "delivery is delayed",
		"warning message only", "not need to resend", "delayed mail", "delivery status notification (delay)",
		"weiterhin versucht", "weitere zustellversuche", "erneut versucht", "verzögert", "noch nicht zugestellt",
		"retardé", "pas encore été", "nouvelles tentatives", "continuera", "retrasado", "seguirá intentando", "in ritardo", "altri tentativi",
		"vertraagd", "opnieuw geprobeerd", "atrasada", "atraso", "opóźnion", "försenat", "försenad", "forsinket", "отложен", "задерж",
	}
	// arrived are words for a mail that came to its recipient.
	arrived = []string{
		"successfully delivered", "delivered successfully", "was delivered to", "has been delivered to", "successfully relayed", "was successful",
		"erfolgreich zugestellt", "wurde zugestellt", "a bien été remis", "a été remis", "ha sido entregado", "se ha entregado", "è stato recapitato", "is afgeleverd",
	}
	// openings are the first words of servers.
	openings = []string{
		"this is the qmail-send program", "this is the mail system at", "this is the postfix program", "this message was created automatically by mail",
		"this is the courier", "this is a delivery status", "this is an automatically generated", "this is an automatic message", "the original message was received at",
		"a message that you sent could not be delivered", "delivery to the following recipient", "diese nachricht wurde automatisch",
		"ceci est un message généré automatiquement",
	}
)

// mostOpening limits the octets of a letter in which its first words stand.
const mostOpening = 300

// opens reports whether a letter begins with the words of a server.
func opens(text string) bool {
	start := plainWords(cutText(text, mostOpening))
	for _, o := range openings {
		if strings.Contains(start, o) {
			return true
		}
	}
	return false
}
