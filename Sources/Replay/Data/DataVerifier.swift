// SPDX-License-Identifier: Apache-2.0
import Archive
public import EnvironmentModel
import JSONTree
public import LiveEnvironment
import OCI
public import Snapshots
public import Steps

/// Compares the files of a replay with those of its snapshot: folders, volumes and writable layers.
///
/// What the replay's programs have written since they were started differs, as it should.
public struct DataVerifier: Sendable {
    private let library: SnapshotLibrary
    private let access: any DataAccess
    private let report: StepReport

    /// A verifier of the files that the access reaches.
    public init(
        library: SnapshotLibrary, access: any DataAccess, report: StepReport
    ) {
        self.library = library
        self.access = access
        self.report = report
    }

    /// Compares all files.
    ///
    /// - Parameters:
    ///   - document: The snapshot's document.
    ///   - found: The replay as it was found.
    ///   - folder: The folder below which the snapshot's trees lie; nil where they are at their own paths.
    ///   - options: What counts as different.
    /// - Returns: what was compared, object by object, also where nothing differs.
    public func differences(
        on document: EnvironmentDocument, found: ObservedEngine, treesBelow folder: String?,
        options: DataComparison.Options = .verdict
    ) async throws -> [DataDifference] {
        var differences: [DataDifference] = []
        for tree in document.trees {
            guard let path = found.paths.resolve((folder ?? "") + tree.path) else { continue }
            let exclusions = tree.excluded.map { Exclusion(path: $0, keepsFolder: true) }
            let subject = ComparedObject(.folder, .outermost, tree.path)
            differences.append(try await compare(tree.data, with: path, subject, exclusions, options))
        }
        return differences + (try await compare(document.engine, found, options))
    }

    private func compare(
        _ captured: EngineRecord, _ found: ObservedEngine, _ options: DataComparison.Options
    ) async throws -> [DataDifference] {
        var differences: [DataDifference] = []
        let layers = WritableLayers(info: found.record.info, paths: found.paths, access: access)
        var volumeNames: [String: String] = [:]
        for container in captured.containers {
            guard let other = found.record.containers.first(where: { $0.name == container.name }) else { continue }
            volumeNames.merge(container.volumeNames(in: other)) { $1 }
            if let layer = container.layer, let path = try await layers.path(of: other) {
                let subject = ComparedObject(
                    .layer, found.path, captured.callName(of: container), isHost: container.engine != nil)
                differences.append(
                    try await compare(layer, with: path, subject, HostLayer.exclusions(of: container), options))
            }
            guard let inner = container.engine, let nested = found.nested[other.id] else { continue }
            differences += try await compare(inner, nested, options)
        }
        for volume in captured.volumes {
            let name = volumeNames[volume.name] ?? volume.name
            guard let data = volume.data, let other = found.record.volumes.first(where: { $0.name == name }),
                let path = other.inspect["Mountpoint"].string.flatMap(found.paths.resolve)
            else { continue }
            let subject = ComparedObject(.volume, found.path, volume.name)
            differences.append(try await compare(data, with: path, subject, [], options))
        }
        return differences
    }

    private func compare(
        _ data: DataArchive, with path: String, _ subject: ComparedObject, _ exclusions: [Exclusion],
        _ options: DataComparison.Options
    ) async throws -> DataDifference {
        let progress = report.begin("comparing \(subject)", bytes: data.size)
        defer { progress.end() }
        let library = library
        let pipe = ChunkPipe()
        async let packed: Void = pack(path, exclusions, into: pipe)
        do {
            let difference = try await BlockingWork.run {
                var comparison = DataComparison(subject, options)
                try comparison.compare(
                    captured: progress.counting(try library.archiveBytes(data)),
                    found: ChunkSource { try pipe.receive() }.read)
                return comparison.difference
            }
            pipe.abandon()
            try await packed
            return difference
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
