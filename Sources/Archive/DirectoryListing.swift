// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// The names in a directory.
enum DirectoryListing {
    /// All names but "." and "..", sorted by their bytes.
    static func names(_ directory: CInt) throws(CallFailure) -> [[UInt8]] {
        // A description of its own, so that the position of the caller's stays.
        let own = try OwnedDescriptor.reading(in: directory, Name.root, O_DIRECTORY)
        let second = fcntl(own.number, F_DUPFD_CLOEXEC, 0)
        guard second >= 0 else { throw CallFailure() }
        // closedir closes it.
        guard let stream = fdopendir(second) else {
            let failure = CallFailure()
            close(second)
            throw failure
        }
        defer { closedir(stream) }
        var names: [[UInt8]] = []
        while let pointer = envsnap_next_name(UnsafeMutableRawPointer(stream)) {
            let name = bytes(of: pointer)
            if name != [UInt8(ascii: ".")], name != Array("..".utf8) {
                names.append(name)
            }
        }
        guard errno == 0 else { throw CallFailure() }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
