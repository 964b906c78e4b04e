-- The catalogue, version 3: what is known of trees and files, so that they need not be read again. Never edited once
-- released. All of it may be dropped at any time; docs/decisions/0016-index-of-known-trees.md says when it is valid.

-- The boot and the clock's distance from it, in milliseconds, for which the rows of the two other tables hold.
CREATE TABLE known_epoch (
    one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
    boot TEXT NOT NULL CHECK (boot <> ''),
    clock INTEGER NOT NULL
) STRICT;

-- What a tree with a survey became. key is the SHA-256 of its path and of what is left out of it.
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

-- The chunks of a large file, as lines of a chunk list. version is the SHA-256 of its size, times and holes.
CREATE TABLE known_file (
    filesystem INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    version BLOB NOT NULL CHECK (length(version) = 32),
    chunks BLOB NOT NULL CHECK (length(chunks) > 0),
    PRIMARY KEY (filesystem, inode)
) STRICT, WITHOUT ROWID;
