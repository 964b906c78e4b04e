// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension ExtractWalk {
    private static let prefix = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)
    private static let reserved = Array(".wh..wh.".utf8)

    /// Does what an entry means that marks a deletion; false for any other entry.
    func applyWhiteout(_ entry: ArchiveEntry, name: [UInt8], in parent: CInt) throws -> Bool {
        guard name.starts(with: Self.prefix) else { return false }
        if name == Self.opaque {
            try applyOpaque(entry, in: parent)
        } else if !name.starts(with: Self.reserved) {
            // Names of aufs' own are no deletions; nothing is made of them.
            let deleted = Array(name.dropFirst(Self.prefix.count))
            try EntryPath.check(deleted)
            guard deleted != Name.root else {
                throw ArchiveError(
                    .unsafeEntry, "\(Name.text(entry.path)) marks no name; the archive is refused", path: entry.path)
            }
            switch options.whiteouts {
            case .names: break
            case .delete: try removeTree(named: deleted, in: parent)
            case .overlay:
                let type = UInt32(S_IFCHR)
                guard withCString(deleted, { envsnap_mknodat(parent, $0, type, 0, 0) }) == 0 else {
                    throw ArchiveError.system("mark as deleted", entry.path)
                }
            }
        }
        return true
    }

    /// The folder hides, or loses, all that the layers below have in it.
    private func applyOpaque(_ entry: ArchiveEntry, in parent: CInt) throws {
        switch options.whiteouts {
        case .names: break
        case .overlay:
            let mark = ExtendedAttribute(name: Array("trusted.overlay.opaque".utf8), value: Array("y".utf8))
            try set(mark, in: .descriptor(parent), path: entry.path)
        case .delete:
            // What this very layer has made in it would go too.
            guard last?.path == Name.parent(of: entry.path) else {
                throw ArchiveError(
                    .unsupported, "the mark at \(Name.text(entry.path)) comes after other entries of its folder",
                    path: entry.path)
            }
            try removeAll(in: parent)
        }
    }
}
