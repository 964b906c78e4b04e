// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A folder that exists while the value is held.
final class TemporaryFolder {
    let root: String

    init() throws {
        root = NSTemporaryDirectory() + "envsnap-test-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: root, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func path(_ name: String) -> String { root + "/" + name }

    func write(_ bytes: [UInt8], to name: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path(name)))
    }
}

/// What a program wrote to its standard output; an error when it failed.
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
