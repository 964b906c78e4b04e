// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Brings a container to "exited" with the captured status, without running anything of its payload.
///
/// No API sets a state. A program of a few instructions that only ends with the status takes the place of the
/// container's own for one start; the writable layer is restored afterwards.
struct ExitStub: Sendable {
    let container: RestoredContainer
    /// Where the container's writable layer lies.
    let layer: String
    let access: any DataAccess

    func run() async throws {
        let engine = container.site.engine
        guard let program = try await resolvedProgram(), try await !isBehindLink(program) else { return }
        let status = container.captured.inspect["State"]["ExitCode"].int ?? 0
        let architecture = try await engine.info()["Architecture"].string ?? ""
        guard let stub = StaticProgram.exiting(UInt8(truncatingIfNeeded: status), architecture: architecture) else {
            return
        }
        try await place(stub.bytes, at: program)
        try await engine.startContainer(container.id)
        _ = try await engine.waitContainer(container.id, until: .notRunning, timeLimit: .after(.seconds(20)))
    }

    /// Whether a link in the layer would lead the stub elsewhere: what the container mounts over it hides it from the engine.
    private func isBehindLink(_ program: String) async throws -> Bool {
        try await access.hasLink(in: String(program.drop { $0 == "/" }), below: layer)
    }

    /// The path of the program that the container runs, without symbolic links; nil where it lies on a mount.
    private func resolvedProgram() async throws -> String? {
        for candidate in candidates {
            guard let path = try await resolve(candidate) else { continue }
            let isMounted = container.captured.mounts.contains { path.below($0.destination) != nil }
            return isMounted ? nil : path
        }
        return nil
    }

    private var candidates: [String] {
        let program = container.captured.inspect["Path"].string ?? ""
        if program.hasPrefix("/") { return [program] }
        let config = container.captured.inspect["Config"]
        let folder = config["WorkingDir"].string.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
        if program.contains("/") { return [folder.appendingPath(program).resolvingDots] }
        let path = config["Env"].strings.last { $0.hasPrefix("PATH=") }.map { $0.dropFirst("PATH=".count) }
        let folders = (path ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin").split(separator: ":")
        return folders.map { String($0).appendingPath(program) }
    }

    /// The path without symbolic links in any of its parts; nil where nothing is there.
    private func resolve(_ path: String) async throws -> String? {
        var resolved = "/"
        var rest = path.split(separator: "/").map(String.init)[...]
        var steps = 0
        while let name = rest.popFirst(), steps < 100 {
            steps += 1
            let next = resolved.appendingPath(name)
            let status: PathStat
            do { status = try await container.site.engine.containerPathStat(container.id, path: next) } catch let error
                as EngineError where error.code == .notFound
            {
                return nil
            }
            // The engine gives the whole way to where the link ends.
            resolved = status.linkTarget.isEmpty ? next : status.linkTarget
        }
        return resolved
    }

    /// Writes the program into the layer itself: the engine would refuse it where the root is read-only.
    private func place(_ program: [UInt8], at path: String) async throws {
        let bytes = try SmallArchive(file: ".", mode: 0o755, content: program).bytes
        try await access.unpack(.fileInside(root: layer, path: path)) {
            var unread: [UInt8]? = bytes
            return ChunkSource {
                defer { unread = nil }
                return unread
            }.read
        }
    }
}
