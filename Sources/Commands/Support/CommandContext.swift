// SPDX-License-Identifier: Apache-2.0
import Catalogue
import ContentStore
import DockerEngine
import EnvironmentModel
import Foundation
import LiveEnvironment
import Snapshots
import Steps
import SystemPackage
import Terminal

/// What a verb needs of the world: the console, the store and the engine.
struct CommandContext: Sendable {
    let console: Console
    let environment: [String: String]
    let storeFolder: FilePath
    let workingDirectory: String
    /// How long locks are waited for.
    let patience: LockPatience

    init(_ options: GlobalOptions) {
        environment = ProcessInfo.processInfo.environment
        console = Console(
            json: options.json, quiet: options.quiet, verbose: options.verbose, progress: options.progress,
            environment: environment)
        storeFolder = FilePath(Self.storeFolder(options.store, environment))
        workingDirectory = FileManager.default.currentDirectoryPath
        let (output, wait) = (console, options.lockWait.map { Duration.seconds($0) })
        // A gc is soon done; a capture may take long. Who only asks whether a replay is locked holds it for a moment.
        patience = LockPatience(
            shared: wait ?? .seconds(10), exclusive: wait ?? .zero, names: wait ?? .milliseconds(300)
        ) {
            output.step($0)
        }
    }

    /// `--store`, else `$ENVSNAP_STORE`, else `$XDG_DATA_HOME/envsnap`, else `~/.local/share/envsnap`.
    static func storeFolder(_ option: String?, _ environment: [String: String]) -> String {
        func value(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
        if let folder = option ?? value("ENVSNAP_STORE") { return folder }
        // A relative path there is to be ignored (XDG base directory specification 0.8).
        let shared = value("XDG_DATA_HOME").flatMap { $0.hasPrefix("/") ? $0 : nil }
        let data = shared ?? (value("HOME") ?? NSHomeDirectory()) + "/.local/share"
        return data + "/envsnap"
    }

    /// The store's absolute path.
    var storePath: String {
        storeFolder.isAbsolute
            ? storeFolder.lexicallyNormalized().string
            : FilePath(workingDirectory).pushing(storeFolder).lexicallyNormalized().string
    }

    /// Called with what is being done.
    var report: StepReport {
        let console = console
        return StepReport(tell: { console.step($0) }, watch: { console.step($0) })
    }

    func openLibrary() throws -> SnapshotLibrary { try SnapshotLibrary(at: storeFolder, patience: patience) }

    /// The engine that `DOCKER_HOST` or the docker context names, else the local one.
    func connect() async throws -> Engine { try await Engine.connect(to: try engineAddress()) }

    func engineAddress() throws -> EngineAddress { try EngineAddress.resolve(environment: environment) }

    /// Where the engine listens that a replay was made on.
    func address(of replay: ReplayRecord) throws -> EngineAddress {
        try EngineAddress.resolve(recorded: replay.engineAddress, environment: environment)
    }

    /// The record of a replay.
    func record(of name: String, in library: SnapshotLibrary) throws -> ReplayRecord {
        guard let record = try library.catalogue.replay(named: name) else {
            throw Failure(
                "notFound", "no replay \"\(name)\"", hint: "envsnap ps lists them", status: .notFound)
        }
        return record
    }

    /// Sees to it that a replay is neither reset nor removed while it is looked at.
    func hold(_ name: String, in library: SnapshotLibrary) throws -> NameLock {
        try library.lockReplay(record(of: name, in: library).name, .shared)
    }

    /// The engine and capsule of a replay.
    func running(_ name: String, in library: SnapshotLibrary) async throws -> RunningReplay {
        let record = try record(of: name, in: library)
        let outer = try await Engine.connect(to: address(of: record))
        return try await RunningReplay(record: record, outer: outer)
    }
}

/// A replay that runs, with the connections to it.
struct RunningReplay: Sendable {
    let record: ReplayRecord
    /// The engine that the replay was made on.
    let outer: Engine
    /// The engine that the environment runs on: the capsule's, or the same.
    let engine: Engine
    /// Where that engine's files lie.
    let paths: PathMap

    /// The folder below which its files lie; nil where they are at their own paths.
    func treesFolder(in library: SnapshotLibrary) -> String? {
        record.mode == .direct ? library.replaysFolder.appending(record.name).string : nil
    }

    init(record: ReplayRecord, outer: Engine) async throws {
        self.record = record
        self.outer = outer
        if let capsule = record.capsuleContainer {
            do {
                let container = ContainerRecord(inspect: try await outer.inspectContainer(capsule).value)
                engine = try await HostEntrance(paths: .outermost, access: LocalDataAccess())
                    .enter(container, of: outer, named: "envsnap-\(record.name)")
                paths = PathMap.outermost.inside(container)
            } catch {
                throw Failure(
                    "replayDown", "the capsule of \(record.name) does not run: \(error)",
                    hint: "envsnap down \(record.name), then replay the snapshot again", status: .failed)
            }
        } else {
            engine = outer
            paths = .outermost
        }
    }
}
