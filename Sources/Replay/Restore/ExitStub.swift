// SPDX-License-Identifier: Apache-2.0
import Archive
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
        guard let program = try await resolvedProgram() else { return }
        let status = container.captured.inspect["State"]["ExitCode"].int ?? 0
        let architecture = try await engine.info()["Architecture"].string ?? ""
        guard let stub = ExitProgram(status: UInt8(truncatingIfNeeded: status), architecture: architecture) else {
            return
        }
        try await place(stub.bytes, at: program)
        try await engine.startContainer(container.id)
        _ = try await engine.waitContainer(container.id, until: .notRunning, timeLimit: .after(.seconds(20)))
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

    private func resolve(_ path: String) async throws -> String? {
        do {
            let status = try await container.site.engine.containerPathStat(container.id, path: path)
            return status.linkTarget.isEmpty ? path : status.linkTarget
        } catch let error as EngineError where error.code == .notFound {
            return nil
        }
    }

    /// Sends the program as an archive with the whole path, so that the engine resolves folders that are links.
    private func place(_ program: [UInt8], at path: String) async throws {
        let entry = ArchiveEntry(
            path: Array(path.dropFirst().utf8), kind: .file(size: Int64(program.count)), mode: 0o755, user: 0, group: 0,
            modified: Timestamp(seconds: 0, nanoseconds: 0), attributes: [], extents: nil)
        let engine = container.site.engine
        let id = container.id
        try await BlockingWork.produce(
            { send in
                try withoutActuallyEscaping(send) { send in
                    let writer = PaxWriter(sink: { try send(Array($0)) })
                    try writer.append(entry, bytes: program)
                    try writer.finish()
                }
            }, to: { try await engine.writeArchive(id, path: "/", archive: $0) })
    }
}
