-- The catalogue's schema after all migrations, as SQLite keeps it. Compared by MigrationTests.swift.
PRAGMA application_id = 1163087440;
PRAGMA user_version = 6;

CREATE TABLE blob (
    number INTEGER PRIMARY KEY,
    raw_digest TEXT NOT NULL UNIQUE CHECK (length(raw_digest) = 64),
    raw_size INTEGER NOT NULL CHECK (raw_size >= 0),
    stored_digest TEXT NOT NULL CHECK (length(stored_digest) = 64),
    stored_size INTEGER NOT NULL CHECK (stored_size >= 0),
    encoding TEXT NOT NULL CHECK (encoding IN ('none', 'zstd')),
    kind TEXT,
    CHECK (encoding <> 'none' OR (stored_digest = raw_digest AND stored_size = raw_size))
) STRICT;

CREATE TABLE chunk (
    digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    pack INTEGER NOT NULL REFERENCES blob (number) ON DELETE CASCADE,
    stored_offset INTEGER NOT NULL CHECK (stored_offset >= 0),
    stored_size INTEGER NOT NULL CHECK (stored_size > 0),
    size INTEGER NOT NULL CHECK (size > 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX chunk_by_pack ON chunk (pack);

CREATE TABLE image (
    image_id TEXT NOT NULL PRIMARY KEY CHECK (length(image_id) = 64 AND image_id NOT GLOB '*[^0-9a-f]*'),
    config_digest TEXT NOT NULL REFERENCES blob (raw_digest) ON DELETE CASCADE,
    reference TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX image_by_config ON image (config_digest);

CREATE TABLE known_epoch (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    boot TEXT NOT NULL CHECK (boot <> ''),
    clock INTEGER NOT NULL
) STRICT;

CREATE TABLE known_file (
    filesystem INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    version BLOB NOT NULL CHECK (length(version) = 32),
    chunks BLOB NOT NULL CHECK (length(chunks) > 0),
    PRIMARY KEY (filesystem, inode)
) STRICT, WITHOUT ROWID;

CREATE TABLE known_tree (
    key BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    survey BLOB NOT NULL CHECK (length(survey) = 32),
    list BLOB NOT NULL CHECK (length(list) = 32),
    size INTEGER NOT NULL CHECK (size >= 0),
    entries INTEGER NOT NULL CHECK (entries >= 0),
    content_bytes INTEGER NOT NULL CHECK (content_bytes >= 0),
    -- The paths of its sockets, each ended by a NUL.
    sockets BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE replay (
    name TEXT NOT NULL PRIMARY KEY CHECK (name <> ''),
    snapshot_id TEXT NOT NULL REFERENCES snapshot (id),
    created_at TEXT NOT NULL
        CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*Z'),
    mode TEXT NOT NULL CHECK (mode IN ('capsule', 'direct')),
    engine_address TEXT NOT NULL,
    state TEXT NOT NULL,
    capsule_container TEXT,
    -- JSON; json_valid may not stand in a CHECK, since connections do not trust the schema.
    details TEXT NOT NULL CHECK (details <> '')
) STRICT, WITHOUT ROWID;

CREATE INDEX replay_by_snapshot ON replay (snapshot_id);

CREATE TABLE snapshot (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE CHECK (length(id) = 64 AND id NOT GLOB '*[^0-9a-f]*'),
    name TEXT UNIQUE CHECK (name <> ''),
    message TEXT,
    created_at TEXT NOT NULL
        CHECK (created_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*Z'),
    project TEXT NOT NULL,
    complete INTEGER NOT NULL CHECK (complete IN (0, 1)),
    document_size INTEGER NOT NULL CHECK (document_size >= 0),
    host_count INTEGER NOT NULL CHECK (host_count >= 0),
    container_count INTEGER NOT NULL CHECK (container_count >= 0),
    volume_count INTEGER NOT NULL CHECK (volume_count >= 0),
    image_count INTEGER NOT NULL CHECK (image_count >= 0),
    raw_size INTEGER NOT NULL CHECK (raw_size >= 0)
) STRICT;

CREATE INDEX snapshot_by_time ON snapshot (created_at);

CREATE TABLE snapshot_blob (
    snapshot INTEGER NOT NULL REFERENCES snapshot (number) ON DELETE CASCADE,
    blob INTEGER NOT NULL REFERENCES blob (number),
    PRIMARY KEY (snapshot, blob)
) STRICT, WITHOUT ROWID;

CREATE INDEX snapshot_blob_by_blob ON snapshot_blob (blob);

CREATE TABLE snapshot_origin (
    snapshot INTEGER PRIMARY KEY REFERENCES snapshot (number) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('imported', 'pulled', 'rebuilt')),
    source TEXT NOT NULL CHECK (source <> ''),
    received_at TEXT NOT NULL
        CHECK (received_at GLOB '[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]*Z')
) STRICT;

CREATE INDEX snapshot_origin_copy ON snapshot_origin (kind, source, received_at);

CREATE TABLE snapshot_tag (
    snapshot INTEGER NOT NULL REFERENCES snapshot (number) ON DELETE CASCADE,
    key TEXT NOT NULL CHECK (key <> ''),
    value TEXT NOT NULL,
    PRIMARY KEY (snapshot, key)
) STRICT, WITHOUT ROWID;
