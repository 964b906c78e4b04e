// SPDX-License-Identifier: Apache-2.0
import Archive
public import EnvironmentModel
import JSONTree
public import LiveEnvironment
import OCI
public import Snapshots

/// Compares the files of a replay with those of its snapshot: folders, volumes and writable layers.
///
/// What the replay's programs have written since they were started differs, as it should.
public struct DataVerifier: Sendable {
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let report: @Sendable (String) -> Void

    /// A verifier of the files that the access reaches.
    public init(
        library: SnapshotLibrary, access: any DataAccess, report: @escaping @Sendable (String) -> Void
    ) {
        self.library = library
        self.access = access
        self.report = report
    }

    /// Compares all files.
    ///
    /// - Parameter folder: The folder below which the snapshot's trees lie; nil where they are at their own paths.
    public func verdict(
        on document: EnvironmentDocument, found: ObservedEngine, treesBelow folder: String?
    ) async throws -> Verdict {
        var verdict = Verdict()
        for tree in document.trees {
            guard let path = found.paths.resolve((folder ?? "") + tree.path) else { continue }
            let exclusions = tree.excluded.map { Exclusion(path: $0, keepsFolder: true) }
            verdict.add(try await compare(tree.data, with: path, object: tree.path, exclusions))
        }
        verdict.add(try await compare(document.engine, found))
        return verdict
    }

    private func compare(_ captured: EngineRecord, _ found: ObservedEngine) async throws -> Verdict {
        var verdict = Verdict()
        let layers = WritableLayers(info: found.record.info, paths: found.paths, access: access)
        var volumeNames: [String: String] = [:]
        for container in captured.containers {
            guard let other = found.record.containers.first(where: { $0.name == container.name }) else { continue }
            volumeNames.merge(container.volumeNames(in: other)) { $1 }
            if let layer = container.layer, let path = try await layers.path(of: other) {
                let object = "layer of \(found.path.objectName(captured.callName(of: container)))"
                verdict.add(try await compare(layer, with: path, object: object, HostLayer.exclusions(of: container)))
            }
            guard let inner = container.engine, let nested = found.nested[other.id] else { continue }
            verdict.add(try await compare(inner, nested))
        }
        for volume in captured.volumes {
            let name = volumeNames[volume.name] ?? volume.name
            guard let data = volume.data, let other = found.record.volumes.first(where: { $0.name == name }),
                let path = other.inspect["Mountpoint"].string.flatMap(found.paths.resolve)
            else { continue }
            verdict.add(try await compare(data, with: path, object: "volume \(found.path.objectName(volume.name))", []))
        }
        return verdict
    }

    private func compare(
        _ data: DataArchive, with path: String, object: String, _ exclusions: [Exclusion]
    ) async throws -> Verdict {
        report("comparing \(object)")
        let library = library
        let pipe = ChunkPipe()
        async let packed: Void = pack(path, exclusions, into: pipe)
        do {
            let verdict = try await BlockingWork.run {
                let source = try library.openArchive(data)
                var comparison = DataComparison(object: object)
                try comparison.compare(
                    captured: EntryStream { try source.read(into: $0) },
                    found: EntryStream(ChunkSource { try pipe.receive() }.read))
                return comparison.verdict
            }
            pipe.abandon()
            try await packed
            return verdict
        } catch {
            pipe.abandon()
            try? await packed
            throw error
        }
    }

    private func pack(_ path: String, _ exclusions: [Exclusion], into pipe: ChunkPipe) async throws {
        let result: Result<Void, any Error>
        do {
            try await access.pack(path, excluding: exclusions) { produce in
                _ = try produce(PlainArchiveSink { try pipe.send(Array($0)) })
            }
            result = .success(())
        } catch {
            result = .failure(error)
        }
        pipe.finish(result)
        if case .failure(let error) = result, !(error is CancellationError) { throw error }
    }
}
