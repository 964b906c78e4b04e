// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Opens folders for the tests.
enum FileDescriptorPath {
    static func open(_ path: String) throws -> FileDescriptor {
        try FileDescriptor.open(FilePath(path), .readOnly, options: .directory)
    }
}
