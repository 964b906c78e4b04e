// SPDX-License-Identifier: Apache-2.0
import Glibc
import SystemPackage

extension FilePath {
    /// Makes the folder, whose parent has to exist; see mkdir(2).
    func makeDirectory() throws {
        let result = withPlatformString { mkdir($0, 0o755) }
        guard result == 0 else { throw Errno(rawValue: errno) }
    }
}
