-- The catalogue, version 4: where a snapshot came from.

-- A snapshot that was not captured into this store; one without such a row was. Not derivable from the documents.
CREATE TABLE snapshot_origin (
    snapshot INTEGER PRIMARY KEY REFERENCES snapshot (number) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('imported', 'pulled')),
    source TEXT NOT NULL CHECK (source <> ''),
    received_at TEXT NOT NULL
        CHECK (received_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*Z')
) STRICT;
