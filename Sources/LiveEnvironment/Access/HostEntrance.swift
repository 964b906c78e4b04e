// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel
import Glibc
import JSONTree

/// Reaches the engine inside a container: straight at its socket, where the container's first process shows it, else by
/// the docker command in the container.
///
/// The command decides by the container's environment and the user's configuration which engine it speaks with. Where
/// anything may lead it elsewhere than to the usual socket, the command is asked.
public struct HostEntrance: Sendable {
    private let paths: PathMap
    private let access: (any DataAccess)?
    private let socket: String
    private let detail: @Sendable (String) -> Void

    /// The entrances of the containers of one engine, whose files lie where the map says.
    ///
    /// - Parameters:
    ///   - paths: Where the files of that engine lie.
    ///   - access: How files are reached; nil where they are not.
    ///   - socket: Where an engine listens in its container.
    ///   - detail: Called with why the command is used.
    public init(
        paths: PathMap, access: (any DataAccess)?, socket: String = "/var/run/docker.sock",
        detail: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        self.paths = paths
        self.access = access
        self.socket = socket
        self.detail = detail
    }

    /// Reaches the engine inside a container of an engine.
    ///
    /// - Parameters:
    ///   - container: The container.
    ///   - engine: The engine that it is on.
    ///   - name: What to call the host in messages.
    /// - Throws: `EngineError` as `Engine.nested` does.
    public func enter(_ container: ContainerRecord, of engine: Engine, named name: String) async throws -> Engine {
        try await engine.nested(inContainer: container.id, named: name) {
            do { return try await connect(container) } catch {
                detail("\(name) is entered by its docker command: \(error)")
                throw error
            }
        }
    }

    /// Whether somebody listens at the engine's socket, which is there before the engine answers; nil where only the
    /// command can tell.
    public func isOpen(_ container: ContainerRecord) async -> Bool? {
        guard let (access, process) = try? await way(into: container) else { return nil }
        guard let descriptor = try? await access.connect(toSocket: socket, of: process) else { return false }
        close(descriptor)
        return true
    }

    private func connect(_ container: ContainerRecord) async throws -> CInt {
        let (access, process) = try await way(into: container)
        do { return try await access.connect(toSocket: socket, of: process) } catch {
            throw outOfReach("\(socket): \(error)")
        }
    }

    /// The access by which a container's socket can be reached, and the container's process.
    private func way(into container: ContainerRecord) async throws -> (access: any DataAccess, process: String) {
        if let reason = reasonForCommand(container) { throw outOfReach(reason) }
        guard let access, let process = try await ContainerProcess(paths: paths, access: access).folder(of: container)
        else { throw outOfReach("its process is not seen from here") }
        guard try await access.kind(of: "\(process)/root/root/.docker/config.json") == nil else {
            throw outOfReach("it has a docker configuration")
        }
        return (access, process)
    }

    /// What may lead the docker command elsewhere; nil where nothing does.
    private func reasonForCommand(_ container: ContainerRecord) -> String? {
        let config = container.inspect["Config"]
        let names = ["DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG", "HOME"]
        let environment = config["Env"].strings.filter { $0 != "HOME=/root" }
        let set = names.first { name in environment.contains { $0.hasPrefix(name + "=") } }
        if let set { return "\(set) is set in it" }
        let user = config["User"].string ?? ""
        return ["", "0", "root", "0:0", "root:root"].contains(user) ? nil : "it has the user \(user)"
    }

    private func outOfReach(_ reason: String) -> LiveEnvironmentError {
        LiveEnvironmentError(.dataOutOfReach, reason)
    }
}
