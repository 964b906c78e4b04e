// SPDX-License-Identifier: Apache-2.0
import Archive
public import EnvironmentModel

/// Two data archives, of which the one can be turned into the other file by file.
public struct ArchiveMix: Sendable {
    /// A file, folder or link that is not the same in both.
    public struct Entry: Sendable {
        /// Its path below the root.
        public let path: String
        let bytes: [UInt8]
        let kind: FileChange.Kind
    }

    /// More than so many differing files are not told apart.
    public static let limit = 200_000

    private let library: SnapshotLibrary
    private let good: DataArchive
    private let bad: DataArchive

    /// Two archives of one library.
    public init(library: SnapshotLibrary, good: DataArchive, bad: DataArchive) {
        self.library = library
        self.good = good
        self.bad = bad
    }

    /// What differs, in the order of the archives; nil where that is too much.
    ///
    /// It blocks for as long as it reads.
    public func entries() throws -> [Entry]? {
        let (captured, found) = try (EntryStream(library.archiveBytes(good)), EntryStream(library.archiveBytes(bad)))
        var entries: [Entry] = []
        func add(_ entry: ComparedEntry, _ kind: FileChange.Kind) {
            entries.append(Entry(path: ComparedEntry.text(entry.path), bytes: entry.path, kind: kind))
        }
        var (left, right) = (try captured.next(), try found.next())
        while left != nil || right != nil, entries.count <= Self.limit {
            if let one = left, let other = right, one.path == other.path {
                if !one.isSame(as: other) { add(one, .changed) }
                (left, right) = (try captured.next(), try found.next())
            } else if let one = left, right.map(one.precedes) ?? true {
                add(one, .removed)
                left = try captured.next()
            } else if let other = right {
                add(other, .added)
                right = try found.next()
            }
        }
        return entries.count <= Self.limit ? entries : nil
    }

    /// Stores an archive that is the good one but for these entries.
    ///
    /// It blocks for as long as it reads and writes.
    public func archive(
        taking chosen: [Entry], of all: [Entry], in transaction: SnapshotTransaction
    ) throws -> DataArchive {
        let choice = Choice(chosen: chosen, all: all)
        return try transaction.putArchive { sink in
            let writer = PaxWriter(into: sink)
            let summary = try mix(choice, into: writer)
            try writer.finish()
            return summary
        }.archive
    }

    private func mix(_ choice: Choice, into writer: PaxWriter) throws -> PackSummary {
        let (captured, found) = try (
            PaxReader(source: library.archiveBytes(good)), PaxReader(source: library.archiveBytes(bad))
        )
        var writing = MixWriting(writer: writer)
        var (left, right) = (try captured.next(), try found.next())
        while left != nil || right != nil {
            if let one = left, let other = right, one.path == other.path {
                let isBad = choice.takes(changed: one.path)
                try writing.append(isBad ? other : one, from: isBad ? found : captured)
                (left, right) = (try captured.next(), try found.next())
            } else if let one = left, right.map({ ComparedEntry.precedes(one.path, $0.path) }) ?? true {
                if choice.keeps(removed: one.path) { try writing.append(one, from: captured) }
                left = try captured.next()
            } else if let other = right {
                if choice.takes(added: other.path) { try writing.append(other, from: found) }
                right = try found.next()
            }
        }
        return writing.summary
    }

    /// Which side each path is taken from; folders come with what is in them.
    private struct Choice {
        private var chosen: Set<[UInt8]> = []
        private var neededFolders: Set<[UInt8]> = []

        init(chosen entries: [Entry], all: [Entry]) {
            chosen = Set(entries.map(\.bytes))
            for entry in entries where entry.kind == .added { addFolders(above: entry.bytes) }
            for entry in all where entry.kind == .removed && !chosen.contains(entry.bytes) {
                addFolders(above: entry.bytes)
            }
        }

        private mutating func addFolders(above path: [UInt8]) {
            var rest = path[...]
            while let slash = rest.lastIndex(of: UInt8(ascii: "/")) {
                rest = rest[..<slash]
                guard neededFolders.insert(Array(rest)).inserted else { return }
            }
        }

        func takes(changed path: [UInt8]) -> Bool { chosen.contains(path) }
        func takes(added path: [UInt8]) -> Bool { chosen.contains(path) || neededFolders.contains(path) }
        func keeps(removed path: [UInt8]) -> Bool { !chosen.contains(path) || neededFolders.contains(path) }
    }
}

/// Writes entries of two archives into one.
private struct MixWriting {
    let writer: PaxWriter
    var summary = PackSummary()
    /// A path at which something stands that is no folder.
    private var end: [UInt8]?

    init(writer: PaxWriter) { self.writer = writer }

    /// Appends an entry, but for what lies below something that is no folder on the side it was taken from.
    mutating func append(_ entry: ArchiveEntry, from reader: PaxReader) throws {
        if let end, entry.path.starts(with: end + [UInt8(ascii: "/")]) { return }
        if case .directory = entry.kind { end = nil } else { end = entry.path }
        try writer.append(entry) { sink in
            guard entry.dataSize > 0 else { return }
            try reader.readBody { bytes, _ in try sink(bytes) }
        }
        summary.entries += 1
        summary.apparentBytes += entry.size
        summary.dataBytes += entry.dataSize
    }
}

extension ComparedEntry {
    /// Whether nothing differs.
    fileprivate func isSame(as other: ComparedEntry) -> Bool {
        properties.count == other.properties.count
            && zip(properties, other.properties).allSatisfy { $0.name == $1.name && $0.value == $1.value }
    }
}
