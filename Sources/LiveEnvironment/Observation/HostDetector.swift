// SPDX-License-Identifier: Apache-2.0
import DockerEngine
public import EnvironmentModel
import JSONTree

/// Finds out whether a container is a host, and connects to the engine in it.
///
/// A container can reach an engine without being its host: with the socket of the engine above mounted, it answers with
/// that engine's own id.
struct HostDetector {
    /// An engine, and what it said of itself.
    struct Host {
        let engine: Engine
        let info: RawJSON
    }

    let parent: Engine
    let entrance: HostEntrance
    let container: ContainerRecord
    /// How the container is called in messages.
    let name: String
    /// Whether the user named it a host.
    let isNamed: Bool

    /// The engine inside the container, or nil where it is no host.
    ///
    /// - Throws: `LiveEnvironmentError` where it is a host whose engine cannot be reached.
    func connect(ancestors: [String]) async throws -> Host? {
        guard isNamed || container.mayBeHost else { return nil }
        let engine: Engine
        do {
            engine = try await entrance.enter(container, of: parent, named: name)
        } catch let error as EngineError {
            guard isNamed || looksLikeHost else { return nil }
            throw LiveEnvironmentError(
                .hostDoesNotAnswer, "the engine in \(name) cannot be reached", hint: hint(for: error), cause: error)
        }
        let info = try await engine.info()
        if ancestors.contains(info["ID"].string ?? "") {
            await engine.close()
            return nil
        }
        return Host(engine: engine, info: info)
    }

    /// Whether the container's own command is an engine.
    private var looksLikeHost: Bool {
        let command = [container.inspect["Path"].string ?? ""] + container.inspect["Args"].strings
        return command.contains { $0.hasSuffix("dockerd") || $0.hasSuffix("dockerd-entrypoint.sh") }
    }

    private func hint(for error: EngineError) -> String {
        if error.code == .noCommandLine {
            return "install the docker command in the container: envsnap reaches its engine by "
                + "\"docker system dial-stdio\""
        }
        return "see what the engine says: docker logs \(container.name)"
    }
}

extension ContainerRecord {
    /// Whether an engine may run in it: that needs powers which only a privileged container or one under Sysbox has.
    public var mayBeHost: Bool {
        let host = inspect["HostConfig"]
        return host["Privileged"].bool == true || host["Runtime"].string == "sysbox-runc"
    }
}
