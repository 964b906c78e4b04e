// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Some space on the disk that is given up when nothing else is left, so that snapshots can still be removed.
///
/// To remove rows SQLite writes a journal first, and on a full disk it could not: what is to make room would need some.
struct CatalogueReserve {
    /// More than the journal of one snapshot's removal takes.
    static let size: off_t = 256 << 10

    /// A disk with less than so many times the size has no space to set aside.
    private static let ampleness: UInt = 16

    private let path: FilePath

    /// The reserve of a catalogue, a file beside it.
    init(of catalogue: FilePath) { path = catalogue.appendingToName(".reserve") }

    /// Sets the space aside where there is plenty; that it cannot be is no failure.
    func make() {
        guard !exists, isAmple else { return }
        let descriptor = path.withPlatformString {
            open($0, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // Half of it would be taken for all of it.
        if posix_fallocate(descriptor, 0, Self.size) != 0 { _ = release() }
    }

    /// Gives the space up; false where there was none.
    func release() -> Bool { path.withPlatformString { unlink($0) } == 0 }

    private var exists: Bool {
        var status = stat()
        return path.withPlatformString { lstat($0, &status) } == 0
    }

    private var isAmple: Bool {
        var status = statvfs()
        let folder = path.removingLastComponent()
        let place = folder.isEmpty ? FilePath(".") : folder
        guard place.withPlatformString({ statvfs($0, &status) }) == 0, status.f_frsize > 0 else { return false }
        return status.f_bavail / (UInt(Self.size) / status.f_frsize + 1) >= Self.ampleness
    }
}
