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
            let folder = configurationFolder(environment)
            return try EngineAddress(
                parsing: host, tls: TLSFiles(environment: environment, configuration: folder))
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

    /// The address of an engine that was reached before, which a record has without its certificates.
    ///
    /// They are those of the engine that the docker command would use, else of a context with that address, else those
    /// that the environment names.
    public static func resolve(recorded text: String, environment: [String: String]) throws -> EngineAddress {
        if let current = try? resolve(environment: environment), current.description == text { return current }
        let folder = configurationFolder(environment)
        if let folder {
            for context in contexts(in: folder) where context.host == text { return try context.address }
        }
        return try EngineAddress(parsing: text, tls: TLSFiles(environment: environment, configuration: folder))
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
        guard let context = contexts(in: folder).first(where: { $0.name == name }) else {
            throw EngineError(
                .invalidAddress, "there is no docker context \"\(name)\" in \(folder)/contexts/meta",
                hint: "See docker context ls, or set DOCKER_HOST")
        }
        return try context.address
    }

    /// What a docker context says of its engine.
    private struct Context {
        let name: String
        let host: String?
        let tls: TLSFiles?

        var address: EngineAddress {
            get throws { try host.map { try EngineAddress(parsing: $0, tls: tls) } ?? .standard }
        }
    }

    private static func contexts(in folder: String) -> [Context] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/contexts/meta")) ?? []
        return entries.sorted().compactMap { entry in
            guard let data = FileManager.default.contents(atPath: "\(folder)/contexts/meta/\(entry)/meta.json"),
                let meta = try? JSONValue(parsing: data), let name = meta["Name"].string
            else { return nil }
            let endpoint = meta["Endpoints"]["docker"]
            let skips = endpoint["SkipTLSVerify"].bool == true
            let certificates = "\(folder)/contexts/tls/\(entry)/docker"
            let hasTLS = skips || FileManager.default.fileExists(atPath: certificates)
            return Context(
                name: name, host: endpoint["Host"].string.flatMap { $0.isEmpty ? nil : $0 },
                tls: hasTLS ? TLSFiles(folder: certificates, verifies: !skips) : nil)
        }
    }
}

extension [String: String] {
    /// The value of a variable that is set to something.
    func nonEmpty(_ key: String) -> String? { self[key].flatMap { $0.isEmpty ? nil : $0 } }
}
