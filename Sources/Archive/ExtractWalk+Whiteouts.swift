// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

extension ExtractWalk {
    private static let prefix = Array(".wh.".utf8)
    private static let opaque = Array(".wh..wh..opq".utf8)
    private static let reserved = Array(".wh..wh.".utf8)

    /// Makes overlayfs' mark for an entry that marks a deletion; false for any other entry.
    func makeWhiteout(_ entry: ArchiveEntry, name: [UInt8], in parent: CInt) throws -> Bool {
        guard name.starts(with: Self.prefix) else { return false }
        if name == Self.opaque {
            let mark = ExtendedAttribute(name: Array("trusted.overlay.opaque".utf8), value: Array("y".utf8))
            try set(mark, in: .descriptor(parent), path: entry.path)
        } else if !name.starts(with: Self.reserved) {
            // Names of aufs' own are no deletions; nothing is made of them.
            let deleted = Array(name.dropFirst(Self.prefix.count))
            try EntryPath.check(deleted)
            let type = UInt32(S_IFCHR)
            guard withCString(deleted, { envsnap_mknodat(parent, $0, type, 0, 0) }) == 0 else {
                throw ArchiveError.system("mark as deleted", entry.path)
            }
        }
        return true
    }
}
