// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import TestSupport

extension TemporaryFolder {
    /// The path of something in it, as the catalogue takes it.
    func filePath(_ name: String) -> FilePath { FilePath(path(name)) }
}

/// Runs statements by the `sqlite3` program, which shares nothing with the code under test but the library.
@discardableResult
func sqlite(_ path: FilePath, _ sql: String) throws -> String {
    try Tool.run("sqlite3", "-bail", path.string, sql).trimmingCharacters(in: .whitespacesAndNewlines)
}

func bytes(of path: FilePath) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path.string)) }
