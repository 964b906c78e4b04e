// SPDX-License-Identifier: Apache-2.0
import Archive
public import Catalogue
public import ContentStore
public import DockerEngine
import EnvironmentModel
import JSONTree
public import LiveEnvironment
public import Snapshots
public import Steps
import SystemPackage

/// Removes a replay: what was made on the engine, and its record.
public struct Teardown: Sendable {
    private let engine: Engine
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let report: StepReport

    /// A teardown on the engine that the replay was made on.
    public init(
        engine: Engine, library: SnapshotLibrary, access: any DataAccess,
        report: StepReport = .silent
    ) {
        self.engine = engine
        self.library = library
        self.access = access
        self.report = report
    }

    /// Removes everything that belongs to the replay; what is gone already is no failure.
    ///
    /// - Parameters:
    ///   - replay: The replay.
    ///   - held: The exclusive lock on the replay, where the caller has it; else it is taken here.
    /// - Throws: `ContentStoreError` with `.locked` while another process is at work on the replay.
    public func remove(_ replay: ReplayRecord, under held: NameLock? = nil) async throws {
        try await remove(named: replay.name, mode: replay.mode, under: held)
    }

    /// Removes everything that belongs to the replay of a name, whether there is a record of it or not.
    public func remove(named name: String, mode: ReplayMode, under held: NameLock? = nil) async throws {
        guard held == nil else { return try await removeAll(of: name, mode) }
        let lock = try library.lockReplay(name, .exclusive)
        defer { lock.release() }
        try await removeAll(of: name, mode)
        lock.releaseForGood()
    }

    private func removeAll(of replay: String, _ mode: ReplayMode) async throws {
        try await removeObjects(of: replay)
        switch mode {
        case .capsule: try await removeCapsuleImage(of: replay)
        case .direct: try await removeFiles(of: replay)
        }
        try removeFolder(of: replay, in: library.stampsFolder)
        guard try library.catalogue.replay(named: replay) != nil else { return }
        try library.catalogue.deleteReplay(named: replay)
    }

    /// By their labels: what bears a captured name meanwhile may be the original again.
    private func removeObjects(of replay: String) async throws {
        let filter = ReplayLabels.filter(replay: replay)
        for container in try await engine.listContainers(all: true, filters: filter).value.array ?? [] {
            guard let id = container["Id"].string else { continue }
            // Frozen processes do not die with their host (moby issue 35643).
            await Thaw.all(inside: id, on: engine)
            report("removing \(container["Names"][0].string?.dropFirst() ?? "a container")")
            try await ignoringAbsence { try await engine.removeContainer(id, force: true, volumes: true) }
        }
        await LayerCache(of: library, access: LocalDataAccess(), detail: { report($0) }).keep(layersOf: replay)
        for network in try await engine.listNetworks(filters: filter).value.array ?? [] {
            guard let id = network["Id"].string else { continue }
            try await ignoringAbsence { try await engine.removeNetwork(id) }
        }
        for volume in try await engine.listVolumes(filters: filter).value["Volumes"].array ?? [] {
            guard let name = volume["Name"].string else { continue }
            try await ignoringAbsence { try await engine.removeVolume(name) }
        }
    }

    /// The engine keeps what others run from.
    private func removeCapsuleImage(of replay: String) async throws {
        do { try await engine.removeImage(CapsuleImage.name(for: replay)) } catch let error as EngineError
            where error.code == .notFound || error.code == .conflict
        {
            return
        }
    }

    /// Files that a replay without a capsule has on the engine's machine, in a folder with the path of its folder in the
    /// store.
    private func removeFiles(of replay: String) async throws {
        let folder = library.replaysFolder.appending(replay).string
        do {
            if try await access.kind(of: folder) != nil { try await access.remove(folder) }
        } catch let error as ArchiveError {
            throw ReplayError(
                .failed, "the files in \(folder) cannot be removed", hint: "remove them by hand", cause: error)
        }
    }

    /// Files that a replay keeps below the store.
    private func removeFolder(of replay: String, in folder: FilePath) throws {
        guard let parent = try? FileDescriptor.open(folder, .readOnly, options: [.directory]) else { return }
        try parent.closeAfter {
            do { try removeTree(named: Array(replay.utf8), in: parent) } catch let error as ArchiveError {
                throw ReplayError(
                    .failed, "the files in \(folder)/\(replay) cannot be removed", hint: "remove them by hand",
                    cause: error)
            }
        }
    }
}
