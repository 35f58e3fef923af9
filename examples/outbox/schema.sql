-- A meeting is stored whole, as the JSON of invite.Meeting: the library reads and
-- writes all of it or nothing. Columns beside it repeat what queries ask for.
CREATE TABLE IF NOT EXISTS meeting (
	uid     TEXT    PRIMARY KEY COLLATE NOCASE, -- clients return it in any case
	version INTEGER NOT NULL,                   -- rises with every write; who read an older one must read again
	pending INTEGER NOT NULL,                   -- mails that still have to go
	unknown INTEGER NOT NULL,                   -- mails that may or may not have gone: a person decides
	data    TEXT    NOT NULL CHECK (json_valid(data))
) STRICT;

CREATE INDEX IF NOT EXISTS meeting_pending ON meeting (uid) WHERE pending > 0;

-- What the program is about: a room is taken once at a time. It is written in
-- the transaction that writes the meeting, so that no booking lacks its
-- invitation, and nobody is invited to a booking that failed.
CREATE TABLE IF NOT EXISTS booking (
	room   TEXT    NOT NULL,
	starts INTEGER NOT NULL, -- seconds since 1970
	uid    TEXT    NOT NULL REFERENCES meeting (uid),
	PRIMARY KEY (room, starts)
) STRICT;

-- What came in, and what became of it.
CREATE TABLE IF NOT EXISTS mail (
	id      TEXT PRIMARY KEY, -- SHA-256 of the bytes
	verdict TEXT NOT NULL,
	reason  TEXT NOT NULL
) STRICT;
