// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// What statx(2) says of a file, without following a link.
struct FileStatus {
    /// Tells files of one machine apart.
    struct Identity: Hashable {
        let filesystem: UInt64
        let inode: UInt64
    }

    private let raw: envsnap_status

    /// The status of `name` in a directory, or of the descriptor itself without a name.
    init(_ descriptor: CInt, _ name: [UInt8] = []) throws(CallFailure) {
        var raw = envsnap_status()
        let result = withCString(name) { envsnap_statx(descriptor, $0, &raw) }
        guard result == 0 else { throw CallFailure() }
        self.raw = raw
    }

    var type: mode_t { mode_t(raw.mode) & S_IFMT }
    var isDirectory: Bool { type == S_IFDIR }
    var permissions: UInt32 { raw.mode & 0o7777 }
    var user: UInt32 { raw.user }
    var group: UInt32 { raw.group }
    var links: UInt32 { raw.links }
    var size: Int64 { Int64(clamping: raw.size) }
    /// Fewer blocks than bytes: holes, or compression.
    var mayHaveHoles: Bool { raw.blocks < (raw.size + 511) / 512 }
    var identity: Identity { Identity(filesystem: filesystem, inode: raw.inode) }
    /// The mount it is on; without mount ids (before Linux 5.8) its file system.
    var mount: UInt64 { raw.has_mount != 0 ? raw.mount : filesystem }
    var device: (major: UInt32, minor: UInt32) { (raw.device_major, raw.device_minor) }
    var modified: Timestamp {
        Timestamp(seconds: raw.modified_seconds, nanoseconds: Int32(raw.modified_nanoseconds))
    }
    var changed: Timestamp {
        Timestamp(seconds: raw.changed_seconds, nanoseconds: Int32(raw.changed_nanoseconds))
    }

    private var filesystem: UInt64 { UInt64(raw.filesystem_major) << 32 | UInt64(raw.filesystem_minor) }

    /// Whether somebody wrote to the file between the two looks at it.
    func differs(from earlier: FileStatus) -> Bool {
        (size, modified, changed) != (earlier.size, earlier.modified, earlier.changed)
    }
}
