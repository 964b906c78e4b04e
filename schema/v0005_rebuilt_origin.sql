-- The catalogue, version 5: a snapshot whose catalogue was made anew may have come from anywhere. Never edited once
-- released.

ALTER TABLE snapshot_origin RENAME TO old_snapshot_origin;

-- A snapshot that was not captured into this store, or of which that is not known; one without such a row was captured
-- here. Not derivable from the documents.
CREATE TABLE snapshot_origin (
    snapshot INTEGER PRIMARY KEY REFERENCES snapshot (number) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('imported', 'pulled', 'rebuilt')),
    source TEXT NOT NULL CHECK (source <> ''),
    received_at TEXT NOT NULL
        CHECK (received_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*Z')
) STRICT;

INSERT INTO snapshot_origin (snapshot, kind, source, received_at)
SELECT snapshot, kind, source, received_at FROM old_snapshot_origin;

DROP TABLE old_snapshot_origin;
