// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Snapshots
import Steps

/// Gives a capsule its files: those of an image on the engine, or those that are unpacked into it.
///
/// Loading an image into an engine that runs takes several times as long as unpacking its layers, and nothing but the
/// capsule needs it there.
struct CapsuleRoot: Sendable {
    let engine: Engine
    let access: any DataAccess
    let library: SnapshotLibrary
    let report: StepReport

    /// Makes the container and returns its id.
    ///
    /// - Parameter create: Makes the container from the image of a name.
    func make(from image: CapsuleImage, create: (CapsuleImage) async throws -> String) async throws -> String {
        guard let record = image.unpacked else { return try await create(image) }
        try await importEmptyImage(as: image.reference)
        let id = try await create(image)
        do {
            try await unpack(record, into: id)
            return id
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            report("the capsule's image is loaded by the engine: \(error)")
            try await engine.removeContainer(id, force: true)
            try await engine.removeImage(image.reference)
            var loaded = image
            try await loaded.load(by: ImageLoader(engine: engine, library: library, report: report))
            return try await create(loaded)
        }
    }

    private func importEmptyImage(as name: String) async throws {
        let (repository, tag) = name.repositoryAndTag
        let empty = try SmallArchive(file: "empty", mode: 0o644, content: [])
        _ = try await engine.importImage(empty.stream, repository: repository, tag: tag)
    }

    private func unpack(_ image: ImageRecord, into container: String) async throws {
        let info = try await engine.info().value
        let inspect = ContainerRecord(inspect: try await engine.inspectContainer(container).value)
        let layers = WritableLayers(info: info, paths: .outermost, access: access)
        guard image.layerBlobs.isEmpty, let root = try await layers.path(of: inspect) else {
            throw ReplayError(.failed, "its layers cannot be unpacked on this engine")
        }
        let library = library
        let size = try library.size(of: image.layers)
        try await report.measuring("unpacking the capsule", bytes: size) { progress in
            for layer in image.layers {
                try await access.unpack(.upperLayer(root)) {
                    let source = try library.openBlob(layer)
                    return progress.counting { try source.read(into: $0) }
                }
            }
        }
    }
}
