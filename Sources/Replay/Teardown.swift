// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
public import Snapshots

/// Removes a replay: what was made on the engine, and its record.
public struct Teardown: Sendable {
    private let engine: Engine
    private let library: SnapshotLibrary
    private let report: @Sendable (String) -> Void

    /// A teardown on the engine that the replay was made on.
    public init(engine: Engine, library: SnapshotLibrary, report: @escaping @Sendable (String) -> Void = { _ in }) {
        self.engine = engine
        self.library = library
        self.report = report
    }

    /// Removes everything that belongs to the replay; what is gone already is no failure.
    public func remove(_ replay: ReplayRecord) async throws {
        switch replay.mode {
        case .capsule: try await removeCapsule(replay)
        case .direct: try await removeDirect(replay)
        }
        try library.catalogue.deleteReplay(named: replay.name)
    }

    private func removeCapsule(_ replay: ReplayRecord) async throws {
        let filter = ReplayLabels.filter(replay: replay.name)
        for container in try await engine.listContainers(all: true, filters: filter).value.array ?? [] {
            guard let id = container["Id"].string else { continue }
            // Frozen processes do not die with the capsule (moby issue 35643).
            await thaw(inside: id)
            report("removing the capsule \(replay.name)")
            try await ignoringAbsence { try await engine.removeContainer(id, force: true, volumes: true) }
        }
        for network in try await engine.listNetworks(filters: filter).value.array ?? [] {
            guard let id = network["Id"].string else { continue }
            try await ignoringAbsence { try await engine.removeNetwork(id) }
        }
        for volume in try await engine.listVolumes(filters: filter).value["Volumes"].array ?? [] {
            guard let name = volume["Name"].string else { continue }
            try await ignoringAbsence { try await engine.removeVolume(name) }
        }
        try await removeCapsuleImage(replay)
    }

    /// The image goes where it was sent for a replay and no other replay's capsule runs from it.
    private func removeCapsuleImage(_ replay: ReplayRecord) async throws {
        guard let image = try JSONValue(parsing: replay.details)["capsuleImage"].string else { return }
        do { _ = try await engine.removeImage(image) } catch let error as EngineError
            where error.code == .notFound || error.code == .conflict
        {
            return
        }
    }

    private func thaw(inside capsule: String) async {
        guard let inner = try? await engine.nested(inContainer: capsule),
            let found = try? await Observer().observe(inner, scope: .everything)
        else { return }
        for observed in found.all {
            for container in observed.record.containers where container.status == "paused" {
                try? await observed.engine.unpauseContainer(container.id)
            }
        }
        await inner.close()
    }

    private func removeDirect(_ replay: ReplayRecord) async throws {
        let document = try library.document(replay.snapshotID)
        let captured = document.engine
        // Labels are kept as they were captured, so that nothing marks these containers; the preflight made sure that
        // nothing else bore their names.
        for container in captured.containers {
            try await ignoringAbsence {
                try await engine.removeContainer(container.name, force: true, volumes: true)
            }
        }
        for network in captured.networks where !network.isPredefined {
            try await ignoringAbsence { try await engine.removeNetwork(network.name) }
        }
        for volume in captured.volumes where !volume.isAnonymous {
            try await ignoringAbsence { try await engine.removeVolume(volume.name) }
        }
    }

    private func ignoringAbsence(_ body: () async throws -> Void) async throws {
        do { try await body() } catch let error as EngineError where error.code == .notFound { return }
    }
}
