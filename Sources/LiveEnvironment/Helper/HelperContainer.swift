// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
import Foundation
import Glibc
import JSONTree
public import Steps

/// A container on the engine's machine in which this very program serves the machine's files.
///
/// It is privileged, in the machine's process namespace and without a network. Its input ends with the connection that
/// it was started over, however that ends, and the engine removes it then; see `docs/decisions/0020-helper-container.md`.
public struct HelperContainer: Sendable {
    /// The label of helpers' containers; its value is the number of the envsnap process that started it.
    public static let label = "io.envsnap.helper"
    /// The longest silence of a helper that works; it says something every ten seconds.
    private static let silence = Duration.seconds(60)

    /// What becomes of the helper's image at the end.
    public enum ImageUse: Sendable {
        /// It goes, where it was brought for this helper or nothing else is known to want it.
        case once
        /// It stays for later helpers, as those that look at a replay.
        case again
    }

    private let engine: Engine
    private let imageUse: ImageUse
    private let program: ProgramFiles
    private let compresses: Bool
    private let report: StepReport

    /// A helper on an engine.
    ///
    /// - Parameters:
    ///   - engine: The engine.
    ///   - compresses: Whether data is compressed on its way to the engine's machine.
    ///   - imageUse: Whether the helper's image stays for the next one.
    ///   - report: Called with what is done.
    public init(
        engine: Engine, compresses: Bool, imageUse: ImageUse, report: StepReport
    ) {
        self.engine = engine
        self.imageUse = imageUse
        self.compresses = compresses
        self.report = report
        program = ProgramFiles()
    }

    /// Runs a body with access to the files of the engine's machine, and removes the helper afterwards.
    ///
    /// - Throws: `LiveEnvironmentError` where the helper cannot run there.
    public func with<Result>(_ body: (HelperDataAccess) async throws -> Result) async throws -> Result {
        let image = try await HelperImage(of: program)
        let (id, isBrought) = try await create(from: image)
        do {
            let result = try await run(id, body)
            await remove(id, isBrought ? image : nil)
            return result
        } catch {
            await remove(id, isBrought ? image : nil)
            throw error
        }
    }

    /// Makes the container; tells whether its image had to be brought.
    private func create(from image: HelperImage) async throws -> (id: String, isBrought: Bool) {
        var isBrought = false
        // Another envsnap that ends may remove the image between the look and the request.
        for isLast in [false, true] {
            if try await !image.isPresent(on: engine) {
                report("bringing the helper onto the engine")
                try await image.load(onto: engine, compresses: compresses)
                isBrought = true
            }
            do {
                let name = "envsnap-helper-\(UUID().uuidString.prefix(8).lowercased())"
                return (try await engine.createContainer(name: name, body: body(image: image.name)).id, isBrought)
            } catch let error as EngineError where error.code == .notFound && !isLast { continue }
        }
        throw LiveEnvironmentError(.helperFailed, "the helper's image \(image.name) vanished twice", hint: "try again")
    }

    private func body(image: String) -> JSONValue {
        [
            "Image": .string(image), "Entrypoint": .array(command.map(JSONValue.string)), "Cmd": [], "Env": [],
            "Labels": .object(JSONObject([Self.label: .string(String(getpid()))])), "AttachStdin": true,
            "AttachStdout": true,
            "AttachStderr": true, "OpenStdin": true, "StdinOnce": true,
            "HostConfig": [
                "AutoRemove": true, "Privileged": true, "PidMode": "host", "NetworkMode": "none", "UsernsMode": "host",
                "CgroupnsMode": "host", "LogConfig": ["Type": "none"],
            ],
        ]
    }

    private var command: [String] { program.command + ["helper"] + (compresses ? ["--compress"] : []) }

    private func run<Result>(_ id: String, _ body: (HelperDataAccess) async throws -> Result) async throws -> Result {
        let keeper = try await engine.attach(toContainer: id)
        do { try await engine.startContainer(id) } catch let error as EngineError {
            throw LiveEnvironmentError(
                .helperFailed, "the helper's container cannot be started", hint: Self.hint, cause: error)
        }
        let (engine, command, compresses) = (engine, command, compresses)
        let streams = HelperStreams {
            let session = try await engine.exec(
                inContainer: id, command: command, options: ExecOptions(input: true), stall: Self.silence)
            return HelperStream(ExecLink(session), compresses: compresses)
        }
        let access = HelperDataAccess(streams: streams, isOnThisMachine: !compresses)
        try await check(access, id)
        let beats = Task { await beat(keeper) }
        defer { beats.cancel() }
        let result = try await body(access)
        await streams.close()
        await keeper.close()
        return result
    }

    /// Tells the helper that envsnap is still there; a helper that hears nothing for long ends.
    private func beat(_ keeper: ProcessStreams) async {
        while (try? await Task.sleep(for: .seconds(20))) != nil {
            guard (try? await keeper.write(HelperFrame(.beat).bytes)) != nil else { return }
        }
    }

    /// The helper has to see the engine's files: those of its own container.
    private func check(_ access: HelperDataAccess, _ id: String) async throws {
        let root = try await engine.info()["DockerRootDir"].string ?? "/var/lib/docker"
        guard try await access.kind(of: "\(root)/containers/\(id)") == .directory else {
            throw LiveEnvironmentError(
                .helperFailed, "the helper on \(engine.location) does not see the engine's files in \(root)",
                hint: Self.hint)
        }
    }

    private static let hint = "run envsnap as root on the engine's machine: sudo envsnap …"

    /// A helper whose engine does not answer ends by itself, when it hears nothing more.
    private func remove(_ id: String, _ image: HelperImage?) async {
        let (engine, imageUse) = (engine, imageUse)
        try? await CleanUp.run(on: engine) {
            let leftovers = HelperLeftovers(engine: engine)
            await leftovers.remove(container: id)
            guard imageUse == .once else { return }
            if let image { await leftovers.remove(image: image.name) } else { await leftovers.removeImages() }
        }
    }
}
