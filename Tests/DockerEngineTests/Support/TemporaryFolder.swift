// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder of its own for a test, removed with the value.
final class TemporaryFolder: Sendable {
    /// Its path; short, since a unix socket's path may not be longer than 107 bytes.
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "envsnap-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file with the folders above it.
    func write(_ text: String, to name: String) throws {
        let url = URL(filePath: path).appending(path: name)
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }
}
