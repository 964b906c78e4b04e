-- The catalogue, version 2: where the chunks of data archives lie. Never edited once released.

-- One row a chunk: its bytes are one zstd frame of a pack, a blob that holds many. digest is the 32 bytes of the SHA-256
-- of the uncompressed chunk. A pack's own index says the same, so that these rows can be made anew from it.
CREATE TABLE chunk (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    pack INTEGER NOT NULL REFERENCES blob (number) ON DELETE CASCADE,
    stored_offset INTEGER NOT NULL CHECK (stored_offset >= 0),
    stored_size INTEGER NOT NULL CHECK (stored_size > 0),
    size INTEGER NOT NULL CHECK (size > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX chunk_by_pack ON chunk (pack);
