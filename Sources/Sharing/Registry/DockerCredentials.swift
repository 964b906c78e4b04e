// SPDX-License-Identifier: Apache-2.0
// https://docs.docker.com/reference/cli/docker/login/#credential-stores and, for the helpers' protocol,
// https://github.com/docker/docker-credential-helpers#development

import Foundation
import JSONTree

/// What a registry knows a user by.
enum Credentials: Sendable {
    /// A name and a password.
    case password(user: String, secret: String)
    /// A token that is exchanged for others, which `docker login` got for a password.
    case identityToken(String)

    /// The value of an `Authorization` header, where it can be one.
    var basic: String? {
        guard case .password(let user, let secret) = self else { return nil }
        return "Basic " + Data("\(user):\(secret)".utf8).base64EncodedString()
    }
}

/// Finds credentials where `docker login` keeps them.
struct DockerCredentials: Sendable {
    let environment: [String: String]

    /// The credentials for a registry; nil where there are none.
    ///
    /// - Throws: `SharingError` where a credential helper fails.
    func find(_ host: String) throws -> Credentials? {
        guard let config = try config() else { return nil }
        let key = host == "docker.io" ? "https://index.docker.io/v1/" : host
        if let helper = config["credHelpers"][key].string { return try ask(helper, key) }
        if let store = config["credsStore"].string, let found = try ask(store, key) { return found }
        for name in [key, "https://\(key)", "http://\(key)", "https://\(key)/v1/", "https://\(key)/v2/"] {
            if let found = Self.stored(config["auths"][name]) { return found }
        }
        return nil
    }

    private func config() throws -> JSONValue? {
        guard let folder = environment["DOCKER_CONFIG"] ?? environment["HOME"].map({ $0 + "/.docker" }),
            let bytes = FileManager.default.contents(atPath: folder + "/config.json")
        else { return nil }
        do { return try JSONValue(parsing: bytes) } catch {
            throw SharingError(.credentials, "\(folder)/config.json is \(error)", hint: "mend it; docker reads it too")
        }
    }

    private static func stored(_ entry: JSONValue) -> Credentials? {
        if let token = entry["identitytoken"].string, !token.isEmpty { return .identityToken(token) }
        guard let data = entry["auth"].string.flatMap({ Data(base64Encoded: $0) }) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        guard let colon = text.firstIndex(of: ":") else { return nil }
        return .password(user: String(text[..<colon]), secret: String(text[text.index(after: colon)...]))
    }

    /// Asks `docker-credential-NAME get`, which reads the registry's name and writes JSON.
    private func ask(_ helper: String, _ host: String) throws -> Credentials? {
        let program = "docker-credential-\(helper)"
        guard !helper.contains("/"), let path = find(program: program) else {
            throw SharingError(
                .credentials, "the docker config names the credential helper \(program), which is not in PATH",
                hint: "install it, or remove it from the docker config")
        }
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = ["get"]
        process.environment = environment
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        try? input.fileHandleForWriting.write(contentsOf: Data(host.utf8))
        try? input.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            // The protocol has no code for "none": each helper says it in these words on standard output.
            if String(decoding: answer, as: UTF8.self).contains("credentials not found") { return nil }
            throw SharingError(
                .credentials, "\(program) failed with status \(process.terminationStatus)",
                hint: "try it by hand: echo \(host) | \(program) get")
        }
        guard let json = try? JSONValue(parsing: answer), let user = json["Username"].string,
            let secret = json["Secret"].string
        else { throw SharingError(.credentials, "\(program) gave no credentials that can be understood") }
        return user == "<token>" ? .identityToken(secret) : .password(user: user, secret: secret)
    }

    private func find(program: String) -> String? {
        (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
