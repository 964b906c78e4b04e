// SPDX-License-Identifier: Apache-2.0

import Glibc
import Hashing
import OCI

/// What a survey has found in a part of a tree.
struct SurveyFindings {
    let digest: Digest
    let lastChange: Timestamp
    let isOnDisk: Bool
    /// The sizes of all files.
    let contentBytes: Int64
}

/// Gathers what a survey finds.
final class SurveyNotes {
    /// How many bytes are hashed at once.
    private static let batch = 1 << 16

    private let disk: RootDisk
    private let hasher: SHA256Hasher
    private var pending: [UInt8] = []
    private var lastChange = Timestamp(seconds: 0)
    private var isOnDisk = true
    private var contentBytes: Int64 = 0

    init(disk: RootDisk) throws {
        self.disk = disk
        hasher = try SHA256Hasher()
        pending.reserveCapacity(Self.batch + EntryPath.longest + 256)
    }

    func add(_ visit: StatusWalk.Visit) {
        let (status, path) = (visit.status, visit.path)
        if status.type == S_IFREG {
            if !disk.holds(status) { isOnDisk = false }
            contentBytes += status.size
        }
        let (modified, changed) = (status.modified, status.changed)
        lastChange = max(lastChange, changed)
        // Numbers of one size, then the path and a NUL: no two trees give the same bytes.
        let facts = (
            UInt64(status.type), UInt64(status.permissions), UInt64(status.user), UInt64(status.group),
            UInt64(status.links), UInt64(bitPattern: status.size), status.identity.filesystem, status.identity.inode,
            UInt64(status.device.major), UInt64(status.device.minor), UInt64(bitPattern: modified.seconds),
            UInt64(bitPattern: changed.seconds), UInt32(bitPattern: modified.nanoseconds),
            UInt32(bitPattern: changed.nanoseconds)
        )
        withUnsafeBytes(of: facts) { pending.append(contentsOf: $0) }
        pending += path
        pending.append(0)
        hashPending(unlessFewerThan: Self.batch)
    }

    /// Adds what was found in a part of the tree that comes next.
    func add(_ part: SurveyFindings) {
        pending += part.digest.bytes
        hashPending(unlessFewerThan: Self.batch)
        lastChange = max(lastChange, part.lastChange)
        isOnDisk = isOnDisk && part.isOnDisk
        contentBytes += part.contentBytes
    }

    func findings() throws -> SurveyFindings {
        hashPending(unlessFewerThan: 0)
        return SurveyFindings(
            digest: try hasher.finalize(), lastChange: lastChange, isOnDisk: isOnDisk, contentBytes: contentBytes)
    }

    private func hashPending(unlessFewerThan count: Int) {
        guard pending.count >= count else { return }
        hasher.update(pending)
        pending.removeAll(keepingCapacity: true)
    }
}
