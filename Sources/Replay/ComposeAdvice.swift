// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree

/// Says where compose will not find its services up to date in a replay, although they are.
///
/// Compose compares labels that it wrote when it made a container. Labels are kept as they are; but what some of them
/// contain cannot be the same on another engine, and a replay does not forge labels.
struct ComposeAdvice: Sendable {
    let containers: [RestoredContainer]
    let project: ProjectRecord
    /// The version of the compose tool beside the outermost engine, as `2.26.1`; nil where there is none.
    let toolVersion: String?

    /// A sentence for each such case.
    var warnings: [String] {
        var reasons: [(reason: String, names: [String])] = []
        for container in containers {
            for reason in self.reasons(container) {
                let name = container.site.path.objectName(container.captured.name)
                if let index = reasons.firstIndex(where: { $0.reason == reason }) {
                    reasons[index].names.append(name)
                } else {
                    reasons.append((reason, [name]))
                }
            }
        }
        return [otherTool].compactMap { $0 } + reasons.map { "\($0.reason): \($0.names.joined(separator: ", "))" }
    }

    /// The formula of the hash changes with the tool (compose issue 11335), and between 1 and 2 so do the names.
    private var otherTool: String? {
        guard let made = project.composeVersion, let toolVersion, made != toolVersion else { return nil }
        return "\(project.name) was brought up by compose \(made) and the capsule has \(toolVersion): "
            + "\"up\" in the capsule would recreate its containers; \"up --no-recreate\" would not"
    }

    private func reasons(_ container: RestoredContainer) -> [String] {
        guard let version = container.captured.label("com.docker.compose.version") else { return [] }
        var found: [String] = []
        if joinsAnother(container.captured, asSeenBy: version) {
            // Compose hashes the service with the id of the container it joins (version 2's `resolveServiceReferences`).
            found.append(
                "compose \(version) will recreate what joins another container, whose id is in its hash, unless it is "
                    + "told \"up --no-recreate\"")
        }
        if container.imageID != container.captured.imageID {
            found.append(
                "compose \(version) will recreate what it remembers by an image id of the other kind of store")
        }
        if version.hasPrefix("1."), container.site.engine.apiVersion >= APIVersion(1, 45) {
            // It reads a field that engines stopped to send (compose issue 11742).
            found.append("compose \(version) cannot recreate containers on engine 26 or newer, compose 2 can")
        }
        return found
    }

    /// Compose 1 writes names into its hash, but for the container whose IPC namespace is joined.
    private func joinsAnother(_ container: ContainerRecord, asSeenBy version: String) -> Bool {
        let host = container.inspect["HostConfig"]
        if version.hasPrefix("1.") { return host["IpcMode"].string?.hasPrefix("container:") == true }
        let modes = ["NetworkMode", "IpcMode", "PidMode"].compactMap { host[$0].string }
        return modes.contains { $0.hasPrefix("container:") } || !host["VolumesFrom"].isEmpty
    }

    /// The version of the compose tool in a container; nil where it has none.
    static func toolVersion(in container: String, on engine: Engine) async throws -> String? {
        let script = "docker-compose version --short 2>/dev/null || docker compose version --short"
        let result = try await engine.run(inContainer: container, command: ["sh", "-c", script])
        guard result.exitCode == 0 else { return nil }
        // Debian's build number and a leading v are not in the label.
        let line = String(decoding: result.stdout, as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
        return line.isEmpty ? nil : String(line.drop { $0 == "v" })
    }
}
