// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Notes which state of the catalogue's file was checked for damage, so that it is not read whole by every command.
///
/// Whatever writes to the file changes its times. The note is a file beside it; without one, or with one that cannot be
/// read, the catalogue is checked.
struct CheckedMark {
    /// What the name of the note has after the catalogue's.
    static let suffix = ".checked"

    private let path: FilePath
    private let text: String

    /// The mark of the file as it is now; nil where it cannot be looked at.
    init?(of catalogue: FilePath) {
        var status = stat()
        guard catalogue.withPlatformString({ lstat($0, &status) }) == 0 else { return nil }
        let times = [status.st_mtim, status.st_ctim].map { "\($0.tv_sec).\($0.tv_nsec)" }
        let facts = ["\(status.st_dev)", "\(status.st_ino)", "\(status.st_size)"] + times
        text = facts.joined(separator: " ") + "\n"
        path = catalogue.appendingToName(Self.suffix)
    }

    /// Whether this state was checked before, and found to be sound.
    var isNoted: Bool {
        guard let file = try? FileDescriptor.open(path, .readOnly, options: [.noFollow, .closeOnExec]) else {
            return false
        }
        defer { try? file.close() }
        let noted = [UInt8](unsafeUninitializedCapacity: 256) { buffer, count in
            count = (try? file.read(into: UnsafeMutableRawBufferPointer(buffer))) ?? 0
        }
        return noted.elementsEqual(text.utf8)
    }

    /// Notes that this state is sound; where that fails, it is checked again the next time.
    func note() {
        let options: FileDescriptor.OpenOptions = [.create, .truncate, .noFollow, .closeOnExec]
        guard let file = try? FileDescriptor.open(path, .writeOnly, options: options, permissions: [.ownerReadWrite])
        else { return }
        defer { try? file.close() }
        _ = try? file.writeAll(text.utf8)
    }
}
