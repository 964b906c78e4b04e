// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// One file, folder or link that is not the same in two data archives.
public struct FileChange: Sendable, Equatable {
    /// What became of it.
    public enum Kind: String, Sendable {
        /// Only the found side has it.
        case added
        /// Only the captured side has it.
        case removed
        /// Both have it, and something about it differs.
        case changed
    }

    /// What an archive says of one entry.
    public struct Facts: Sendable, Equatable {
        /// What it is: `file`, `folder`, `link to …`.
        public var kind: String
        /// The size of a file in bytes; 0 for everything else.
        public var size: Int64

        /// What an entry is, and how large.
        public init(kind: String, size: Int64) {
            self.kind = kind
            self.size = size
        }

        var json: JSONValue { ["kind": .string(kind), "size": .int(size)] }
    }

    /// One property that differs: `kind`, `mode`, `owner`, `time`, `attributes` or `content`.
    public struct Property: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// What was captured.
        public var captured: JSONValue
        /// What was found.
        public var found: JSONValue

        /// A property that differs.
        public init(name: String, captured: JSONValue, found: JSONValue) {
            self.name = name
            self.captured = captured
            self.found = found
        }
    }

    /// The path below the root of the archive.
    public var path: String
    /// What became of it.
    public var kind: Kind
    /// What was captured of it.
    public var captured: Facts?
    /// What was found of it.
    public var found: Facts?
    /// What differs, where both sides have it.
    public var properties: [Property] = []
    /// How many lines were added and removed, where it is text of modest size on both sides.
    public var lines: LineCounts?
    /// The changed lines with some around them, as `diff -u` prints them; where it was asked for.
    public var unified: [String] = []

    /// A change without its particulars.
    public init(path: String, kind: Kind, captured: Facts?, found: Facts?) {
        self.path = path
        self.kind = kind
        self.captured = captured
        self.found = found
    }

    /// Whether nothing but the time of the last modification differs.
    public var isTouch: Bool { kind == .changed && properties.allSatisfy { $0.name == "time" } }

    var json: JSONValue {
        .compact([
            "path": .string(path), "change": .string(kind.rawValue), "captured": captured?.json ?? .null,
            "found": found?.json ?? .null,
            "properties": .array(
                properties.map { ["name": .string($0.name), "captured": $0.captured, "found": $0.found] }),
            "lines": lines.map { ["added": .int($0.added), "removed": .int($0.removed)] } ?? .null,
            "unified": unified.json,
        ])
    }
}

/// How many lines of a text came and went.
public struct LineCounts: Sendable, Equatable {
    /// Lines that only the found text has.
    public var added: Int
    /// Lines that only the captured text has.
    public var removed: Int

    /// A count of lines.
    public init(added: Int, removed: Int) {
        self.added = added
        self.removed = removed
    }
}
