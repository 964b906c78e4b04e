-- The catalogue, version 6: where snapshots came from is there twice. Never edited once released.

-- All of a row, since it is in no document: a row that the disk changed or lost is not the one that the index holds, and
-- PRAGMA integrity_check tells.
CREATE INDEX snapshot_origin_copy ON snapshot_origin (kind, source, received_at);
