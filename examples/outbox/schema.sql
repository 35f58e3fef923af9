-- The intent and the answers of a meeting: the JSON of invite.Meeting without its
-- deliveries. The library reads and writes all of it or nothing.
CREATE TABLE IF NOT EXISTS meeting (
	uid     TEXT    PRIMARY KEY COLLATE NOCASE, -- clients return it in any case
	version INTEGER NOT NULL,                   -- rises with every write; a writer that has an older version reads again
	data    TEXT    NOT NULL CHECK (json_valid(data))
) STRICT;

-- The ledger: a row for each mail and recipient. The row is the lock on its mail:
-- the program that changes "pending" to "sending" hands it over.
CREATE TABLE IF NOT EXISTS delivery (
	uid        TEXT    NOT NULL COLLATE NOCASE REFERENCES meeting (uid),
	n          INTEGER NOT NULL, -- its number in the meeting
	message_id TEXT    NOT NULL, -- answers and delivery reports name it
	state      TEXT    NOT NULL, -- this column counts; the state in data may be older
	data       TEXT    NOT NULL CHECK (json_valid(data)),
	PRIMARY KEY (uid, n)
) STRICT, WITHOUT ROWID;

CREATE INDEX IF NOT EXISTS delivery_message_id ON delivery (message_id);
CREATE INDEX IF NOT EXISTS delivery_open ON delivery (uid, n) WHERE state IN ('pending', 'sending', 'unknown');

-- The program's own data: a room is booked only once for a time. The booking is
-- written in the transaction that writes the meeting. So no booking lacks its
-- invitation, and nobody is invited to a booking that failed.
CREATE TABLE IF NOT EXISTS booking (
	room   TEXT    NOT NULL,
	starts INTEGER NOT NULL, -- seconds since 1970
	uid    TEXT    NOT NULL COLLATE NOCASE REFERENCES meeting (uid),
	PRIMARY KEY (room, starts)
) STRICT;

-- The mails that came in, with their verdicts.
CREATE TABLE IF NOT EXISTS mail (
	id      TEXT PRIMARY KEY, -- SHA-256 of the bytes
	verdict TEXT NOT NULL,
	reason  TEXT NOT NULL
) STRICT;
