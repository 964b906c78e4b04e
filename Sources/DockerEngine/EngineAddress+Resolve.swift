// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSONTree

extension EngineAddress {
    /// The address the user's docker command would use.
    ///
    /// `DOCKER_HOST` goes before `DOCKER_CONTEXT`, that before `currentContext` of the configuration, and without any
    /// of them it is `unix:///var/run/docker.sock`, as https://docs.docker.com/engine/manage-resources/contexts/ says.
    ///
    /// - Throws: `EngineError` where the address is of a kind not supported yet, or the context does not exist.
    public static func resolve(environment: [String: String]) throws -> EngineAddress {
        if let host = environment.nonEmpty("DOCKER_HOST") {
            guard environment.nonEmpty("DOCKER_TLS_VERIFY") == nil || host.hasPrefix("unix://") else {
                throw tlsUnsupported("DOCKER_TLS_VERIFY is set for \(host)")
            }
            return try EngineAddress(parsing: host)
        }
        let named = environment.nonEmpty("DOCKER_CONTEXT")
        guard named != "default" else { return .standard }
        guard let folder = configurationFolder(environment) else {
            guard let named else { return .standard }
            throw EngineError(
                .invalidAddress, "DOCKER_CONTEXT is \"\(named)\", but there is no home folder to look for it",
                hint: "Set HOME or DOCKER_CONFIG, or DOCKER_HOST instead")
        }
        let chosen = try named ?? currentContext(folder)
        guard let chosen, chosen != "default" else { return .standard }
        return try address(ofContext: chosen, in: folder)
    }

    private static func configurationFolder(_ environment: [String: String]) -> String? {
        environment.nonEmpty("DOCKER_CONFIG") ?? environment.nonEmpty("HOME").map { $0 + "/.docker" }
    }

    private static func currentContext(_ folder: String) throws -> String? {
        let path = folder + "/config.json"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        let configuration: JSONValue
        do {
            configuration = try JSONValue(parsing: data)
        } catch {
            throw EngineError(
                .invalidAddress, "the docker configuration \(path) is \(error)",
                hint: "Mend the file, or set DOCKER_HOST", cause: error)
        }
        return configuration["currentContext"].string.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Finds a context by the name inside its file; the folder's name is a digest of it and says no more.
    private static func address(ofContext name: String, in folder: String) throws -> EngineAddress {
        let contexts = folder + "/contexts/meta"
        for entry in (try? FileManager.default.contentsOfDirectory(atPath: contexts)) ?? [] {
            guard let data = FileManager.default.contents(atPath: "\(contexts)/\(entry)/meta.json"),
                let meta = try? JSONValue(parsing: data), meta["Name"].string == name
            else { continue }
            let endpoint = meta["Endpoints"]["docker"]
            guard let host = endpoint["Host"].string, !host.isEmpty else { return .standard }
            let tls = "\(folder)/contexts/tls/\(entry)"
            guard host.hasPrefix("unix://") || !FileManager.default.fileExists(atPath: tls) else {
                throw tlsUnsupported("the docker context \"\(name)\" reaches \(host) with TLS")
            }
            return try EngineAddress(parsing: host)
        }
        throw EngineError(
            .invalidAddress, "there is no docker context \"\(name)\" in \(contexts)",
            hint: "See docker context ls, or set DOCKER_HOST")
    }

    private static func tlsUnsupported(_ what: String) -> EngineError {
        EngineError(
            .unsupported, "engines cannot be reached by TLS yet: \(what)",
            hint: "Run envsnap on that machine, or forward its socket and set DOCKER_HOST=unix:///path")
    }
}

extension [String: String] {
    fileprivate func nonEmpty(_ key: String) -> String? { self[key].flatMap { $0.isEmpty ? nil : $0 } }
}
