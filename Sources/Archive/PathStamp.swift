// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What tells of one path whether anything about it was touched since.
///
/// Whatever changes a file or folder sets its change time to the kernel's clock, which no program can set (inode(7)).
struct PathStamp: Equatable {
    /// The number of its bytes.
    static let size = 44

    let mode: UInt32
    let user: UInt32
    let group: UInt32
    let inode: UInt64
    let length: Int64
    let changedSeconds: Int64
    let changedNanoseconds: Int32
    let modifiedNanoseconds: Int32

    /// The stamp of what was found; of a folder that is left out only what it is.
    init(_ visit: StatusWalk.Visit) {
        mode = visit.isExcluded ? visit.status.type : visit.status.type | visit.status.permissions
        user = visit.isExcluded ? 0 : visit.status.user
        group = visit.isExcluded ? 0 : visit.status.group
        inode = visit.isExcluded ? 0 : visit.status.identity.inode
        length = visit.isExcluded ? 0 : visit.status.size
        changedSeconds = visit.isExcluded ? 0 : visit.status.changed.seconds
        changedNanoseconds = visit.isExcluded ? 0 : visit.status.changed.nanoseconds
        modifiedNanoseconds = visit.isExcluded ? 0 : visit.status.modified.nanoseconds
    }

    /// Reads a stamp from its bytes.
    init(_ bytes: ArraySlice<UInt8>) {
        var rest = bytes
        func take<Number: FixedWidthInteger>() -> Number {
            let size = Number.bitWidth / 8
            defer { rest = rest.dropFirst(size) }
            return rest.prefix(size).reversed().reduce(0) { $0 << 8 | Number(truncatingIfNeeded: $1) }
        }
        mode = take()
        user = take()
        group = take()
        inode = take()
        length = take()
        changedSeconds = take()
        changedNanoseconds = take()
        modifiedNanoseconds = take()
    }

    /// Its bytes, the lowest of each number first.
    var bytes: [UInt8] {
        func little(_ number: some FixedWidthInteger) -> [UInt8] {
            withUnsafeBytes(of: number.littleEndian) { Array($0) }
        }
        return little(mode) + little(user) + little(group) + little(inode) + little(length) + little(changedSeconds)
            + little(changedNanoseconds)
            + little(modifiedNanoseconds)
    }

    /// Whether it is of the same object, whatever became of that.
    func isSameObject(as other: PathStamp) -> Bool {
        (mode & S_IFMT, inode) == (other.mode & S_IFMT, other.inode)
    }

    /// Whether it differs from another stamp of the same object in nothing but times.
    func hasOtherTimes(than other: PathStamp) -> Bool {
        isSameObject(as: other) && (mode, user, group) == (other.mode, other.user, other.group)
    }
}
