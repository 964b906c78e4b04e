// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Who may sign: an `allowed_signers` file (ssh-keygen(1)), and one of keys that were revoked.
public struct SignerList: Sendable {
    /// The file of allowed signers.
    public let allowed: String
    /// The file of revoked keys, a list of public keys or a KRL.
    public let revoked: String?
    let environment: [String: String]

    /// The files that were named, else those of envsnap, else those of git.
    ///
    /// - Throws: `SharingError` where there is no file of allowed signers.
    public init(allowed: String?, revoked: String? = nil, environment: [String: String]) throws {
        let folder =
            environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
            ?? (environment["HOME"] ?? NSHomeDirectory()) + "/.config"
        func usual(_ name: String, _ key: String) -> String? {
            let own = "\(folder)/envsnap/\(name)"
            return FileManager.default.fileExists(atPath: own) ? own : Self.git(key, environment)
        }
        guard let file = allowed ?? usual("allowed_signers", "gpg.ssh.allowedSignersFile") else {
            throw SharingError(
                .signature, "no file says who may sign",
                hint:
                    "write \(folder)/envsnap/allowed_signers, a line each: IDENTITY ssh-ed25519 AAAA…, or name one with "
                    + "--allowed-signers")
        }
        guard FileManager.default.isReadableFile(atPath: file) else {
            throw SharingError(.signature, "the file of allowed signers \(file) cannot be read")
        }
        let withdrawn = revoked ?? usual("revoked_signers", "gpg.ssh.revocationFile")
        // One that is named and not there must not count as empty.
        if let withdrawn, !FileManager.default.isReadableFile(atPath: withdrawn) {
            throw SharingError(.signature, "the file of revoked keys \(withdrawn) cannot be read")
        }
        self.allowed = file
        self.revoked = withdrawn
        self.environment = environment
    }

    /// A path in the user's configuration of git.
    private static func git(_ key: String, _ environment: [String: String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["git", "config", "--global", "--type=path", "--get", key]
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let path = String(decoding: answer, as: UTF8.self).trimmingCharacters(in: .newlines)
        return process.terminationStatus == 0 && !path.isEmpty ? path : nil
    }
}
