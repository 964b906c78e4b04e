// SPDX-License-Identifier: Apache-2.0

/// Remembers the first path of every file that has more than one name.
struct HardLinkTable {
    private struct Known {
        let path: [UInt8]
        var missing: UInt32
    }

    private var files: [FileStatus.Identity: Known] = [:]

    /// The path under which the file was met before.
    ///
    /// A file whose names have all been met is forgotten, so that the table holds open cases only.
    mutating func earlierPath(of status: FileStatus) -> [UInt8]? {
        guard status.links > 1, var known = files[status.identity] else { return nil }
        known.missing -= 1
        files[status.identity] = known.missing > 0 ? known : nil
        return known.path
    }

    mutating func remember(_ status: FileStatus, path: [UInt8]) {
        guard status.links > 1 else { return }
        files[status.identity] = Known(path: path, missing: status.links - 1)
    }
}
