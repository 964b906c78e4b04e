// SPDX-License-Identifier: Apache-2.0
public import Archive
public import EnvironmentModel
import JSONTree

/// Compares two data archives entry by entry; both are in the same order, so that none is held in memory.
public struct DataComparison {
    /// How much is looked at, and how much is listed.
    public struct Options: Sendable {
        /// How many changes of one object are listed; further ones are counted.
        public var limit: Int
        /// Up to which size in bytes the lines of files are compared; 0 for not at all.
        public var textLimit: Int64
        /// Whether the changed lines themselves are kept.
        public var keepsLines: Bool

        /// What to look at.
        public init(limit: Int, textLimit: Int64, keepsLines: Bool) {
            self.limit = limit
            self.textLimit = textLimit
            self.keepsLines = keepsLines
        }

        /// For a verdict: which properties differ.
        public static let verdict = Options(limit: 100, textLimit: 0, keepsLines: false)
        /// For people: how many lines of a text, too.
        public static let difference = Options(limit: 5000, textLimit: 256 * 1024, keepsLines: false)
    }

    private let options: Options
    /// What was found to differ.
    public private(set) var difference: DataDifference

    /// A comparison of the files of one object.
    public init(_ subject: ComparedObject, _ options: Options) {
        self.options = options
        difference = DataDifference(subject: subject)
    }

    /// Compares the archives that two sources give.
    ///
    /// - Throws: `ArchiveError` for a damaged archive, and what the sources throw.
    public mutating func compare(captured: @escaping ByteSource, found: @escaping ByteSource) throws {
        try compare(
            EntryStream(captured, keepingContentUpTo: options.textLimit),
            EntryStream(found, keepingContentUpTo: options.textLimit))
    }

    private mutating func compare(_ captured: EntryStream, _ found: EntryStream) throws {
        var (left, right) = (try captured.next(), try found.next())
        while true {
            switch (left, right) {
            case (nil, nil): return
            case (let one?, let other?) where one.path == other.path:
                compare(one, other)
                (left, right) = (try captured.next(), try found.next())
            case (let one?, let other) where other.map(one.precedes) ?? true:
                add(change(of: one, .removed, one.facts, nil))
                left = try captured.next()
            case (_, let other?):
                add(change(of: other, .added, nil, other.facts))
                right = try found.next()
            case (_?, nil): return
            }
        }
    }

    private mutating func compare(_ captured: ComparedEntry, _ found: ComparedEntry) {
        let values = Dictionary(found.properties.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
        var change = change(of: captured, .changed, captured.facts, found.facts)
        for (name, value) in captured.properties {
            difference.compared += 1
            guard values[name] != value else { continue }
            change.properties.append(.init(name: name, captured: value, found: values[name] ?? .null))
        }
        guard !change.properties.isEmpty else { return }
        if let before = captured.content, let after = found.content, before != after,
            let lines = LineDifference(from: before, to: after)
        {
            change.lines = lines.counts
            if options.keepsLines { change.unified = lines.unified() }
        }
        add(change)
    }

    private func change(
        of entry: ComparedEntry, _ kind: FileChange.Kind, _ captured: FileChange.Facts?, _ found: FileChange.Facts?
    ) -> FileChange {
        FileChange(path: ComparedEntry.text(entry.path), kind: kind, captured: captured, found: found)
    }

    private mutating func add(_ change: FileChange) {
        if difference.changes.count < options.limit {
            difference.changes.append(change)
        } else {
            difference.unlisted += 1
        }
    }
}
