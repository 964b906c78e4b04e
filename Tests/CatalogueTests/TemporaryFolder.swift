// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage

/// A folder that exists while the value is held.
final class TemporaryFolder {
    let root: String

    init() throws {
        root = NSTemporaryDirectory() + "envsnap-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> FilePath { FilePath(root + "/" + name) }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: root).sorted() }
    }
}

/// What a program wrote to its standard output; an error when it failed.
@discardableResult
func runTool(_ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
        throw ToolFailure(arguments: arguments, status: process.terminationStatus)
    }
    return String(decoding: bytes, as: UTF8.self)
}

struct ToolFailure: Error {
    let arguments: [String]
    let status: Int32
}

/// Runs statements by the `sqlite3` program, which shares nothing with the code under test but the library.
@discardableResult
func sqlite(_ path: FilePath, _ sql: String) throws -> String {
    try runTool("sqlite3", "-bail", path.string, sql).trimmingCharacters(in: .whitespacesAndNewlines)
}

func bytes(of path: FilePath) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path.string)) }
