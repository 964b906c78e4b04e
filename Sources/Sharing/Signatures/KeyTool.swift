// SPDX-License-Identifier: Apache-2.0

import Foundation

/// `ssh-keygen`, which makes and verifies signatures (ssh-keygen(1), `-Y`).
struct KeyTool: Sendable {
    let environment: [String: String]

    /// How a run ended.
    struct Outcome {
        let status: Int32
        let output: [UInt8]
        let errors: String

        /// What it said, in one line.
        var sentence: String {
            let lines = (errors + "\n" + String(decoding: output, as: UTF8.self)).split(whereSeparator: \.isNewline)
            return String(lines.last.map(String.init)?.prefix(300) ?? "status \(status)")
        }
    }

    /// Runs it with these arguments and this standard input, and waits for its end.
    ///
    /// - Throws: `SharingError` where it is not installed.
    func run(_ arguments: [String], input: [UInt8]) throws -> Outcome {
        guard let path = find("ssh-keygen") else {
            throw SharingError(
                .signature, "signatures are made and verified by ssh-keygen, which is not in PATH",
                hint: "apt install openssh-client")
        }
        let folder = try TemporaryFiles()
        let errors = try folder.write([], "errors")
        let output = try folder.write([], "output")
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.environment = environment.merging(["LC_ALL": "C"]) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: folder.write(input, "input")))
        process.standardOutput = try FileHandle(forWritingTo: URL(filePath: output))
        process.standardError = try FileHandle(forWritingTo: URL(filePath: errors))
        try process.run()
        process.waitUntilExit()
        let isWhole = process.terminationReason == .exit
        return Outcome(
            status: isWhole ? process.terminationStatus : -1,
            output: Array(FileManager.default.contents(atPath: output) ?? Data()),
            errors: String(decoding: FileManager.default.contents(atPath: errors) ?? Data(), as: UTF8.self))
    }

    private func find(_ program: String) -> String? {
        (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}

/// Files that only this user may read, for as long as the value is held.
final class TemporaryFiles {
    private let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "envsnap-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    /// Writes a file; returns its path.
    func write(_ bytes: [UInt8], _ name: String) throws -> String {
        let path = "\(folder)/\(name)"
        guard FileManager.default.createFile(atPath: path, contents: Data(bytes)) else {
            throw SharingError(.system, "\(path) cannot be written")
        }
        return path
    }
}
