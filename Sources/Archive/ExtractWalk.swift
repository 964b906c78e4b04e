// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// One extraction of a `TreeExtractor`.
final class ExtractWalk {
    private struct Level {
        let descriptor: OwnedDescriptor
        let entry: ArchiveEntry
        /// Whether it was there and keeps what it has.
        let isKept: Bool
    }

    let options: TreeExtractor.Options
    var summary = ExtractSummary()
    let root: CInt
    private var levels: [Level] = []
    /// A folder of the archive in whose place something else stands that is to stay.
    private var passedOver: [UInt8]?
    /// The entry that was restored before this one.
    private(set) var last: ArchiveEntry?

    init(options: TreeExtractor.Options, root: CInt) {
        self.options = options
        self.root = root
    }

    func run(_ reader: PaxReader) throws {
        try prepareRoot()
        let inherited = try setAsideDefaultAccess()
        var rootEntry: ArchiveEntry?
        while let entry = try reader.next() {
            try count(entry)
            try EntryPath.check(entry.path, deepest: options.limits.depth)
            guard options.existing.takes(entry.path) else { continue }
            if entry.path == Name.root {
                guard entry.kind == .directory else {
                    throw ArchiveError(.misuse, "the archive holds a single file, not a folder; restore it as a file")
                }
                guard rootEntry == nil, last == nil else { throw duplicate(entry.path) }
                rootEntry = entry
            } else {
                try restore(entry, from: reader)
            }
            last = entry
        }
        try leave(untilParentOf: nil)
        if let rootEntry, options.rootMetadata == .apply {
            try removeForeignAttributes(from: root, keeping: rootEntry)
            try apply(rootEntry, to: root)
        } else if let inherited {
            try set(inherited, in: .descriptor(root), path: Name.root)
        }
    }

    func runFile(_ reader: PaxReader, name: [UInt8]) throws {
        try EntryPath.check(name)
        guard name != Name.root, !name.contains(Name.slash) else {
            throw ArchiveError(.misuse, "\(Name.text(name)) is not a file name")
        }
        guard let entry = try reader.next(), entry.path == Name.root, case .file = entry.kind else {
            throw ArchiveError(.misuse, "the archive does not hold a single file; restore it as a folder")
        }
        try count(entry)
        if options.existing == .replaceContents {
            try removeTree(named: name, in: root)
        }
        var renamed = entry
        renamed.path = name
        try makeFile(renamed, name: name, in: root, from: reader)
        guard try reader.next() == nil else {
            throw ArchiveError(.damaged, "the archive of a single file has more entries; make it again")
        }
    }

    private func restore(_ entry: ArchiveEntry, from reader: PaxReader) throws {
        if let passedOver {
            if entry.path.starts(with: passedOver + [Name.slash]) { return }
            self.passedOver = nil
        }
        let parentPath = Name.parent(of: entry.path)
        try leave(untilParentOf: entry.path)
        guard (levels.last?.entry.path ?? Name.root) == parentPath else {
            throw misplaced(entry.path, parent: parentPath)
        }
        let parent = levels.last?.descriptor.number ?? root
        let name = Name.last(of: entry.path)
        if options.whiteouts != .names, try applyWhiteout(entry, name: name, in: parent) { return }
        switch entry.kind {
        case .directory:
            guard let (descriptor, isKept) = try makeDirectory(entry, name: name, in: parent) else {
                passedOver = entry.path
                return
            }
            levels.append(Level(descriptor: descriptor, entry: entry, isKept: isKept))
        case .file: try makeFile(entry, name: name, in: parent, from: reader)
        case .hardLink(let target): try makeLink(entry, to: target, name: name, in: parent)
        default: try makeSpecial(entry, name: name, in: parent)
        }
    }

    /// Finishes the open directories that `path` is not below; all of them for nil.
    private func leave(untilParentOf path: [UInt8]?) throws {
        while let last = levels.last {
            if let path, path.starts(with: last.entry.path), path.dropFirst(last.entry.path.count).first == Name.slash {
                return
            }
            if !last.isKept { try apply(last.entry, to: last.descriptor.number) }
            levels.removeLast()
        }
    }

    private func count(_ entry: ArchiveEntry) throws {
        summary.entries += 1
        let (apparent, overflow) = summary.apparentBytes.addingReportingOverflow(entry.size)
        guard summary.entries <= options.limits.entries, !overflow, apparent <= options.limits.apparentBytes else {
            throw ArchiveError(
                .limitExceeded, "the archive has more entries or larger files than allowed", path: entry.path)
        }
        summary.apparentBytes = apparent
    }

    private func prepareRoot() throws {
        do {
            switch options.existing {
            case .addMissing, .replaceNames, .revert: break
            case .replaceContents: try removeAll(in: root)
            case .refuseNonEmpty:
                guard try DirectoryListing.names(root).isEmpty else {
                    throw ArchiveError(
                        .notEmpty, "the folder to restore into is not empty; empty it or choose another one")
                }
            }
        } catch let failure as CallFailure {
            throw failure.failure("read the folder to restore into", nil)
        }
    }

    /// Says why an entry's directory is not the one that is open.
    private func misplaced(_ path: [UInt8], parent: [UInt8]) -> ArchiveError {
        do {
            _ = try OwnedDescriptor.directory(parent, beneath: root)
        } catch let error where error.number == ELOOP || error.number == ENOTDIR || error.number == EXDEV {
            return ArchiveError(
                .unsafeEntry, "\(Name.text(path)) lies below something that is no directory; the archive is refused",
                path: path)
        } catch {
            return ArchiveError(
                .outOfOrder, "\(Name.text(path)) has no directory before it in the archive; make it again", path: path)
        }
        return ArchiveError(
            .outOfOrder, "\(Name.text(path)) comes after its directory was done; make the archive depth first",
            path: path)
    }
}
