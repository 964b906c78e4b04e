// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import EnvironmentModel
import Foundation
import LiveEnvironment
import OCI
import Snapshots
import Steps

/// Reads the images of one engine that the store lacks, each layer once.
///
/// The bytes are taken from the engine's own store, several layers side by side. What is not found there, or is not what
/// its digest says, comes by the engine's `save` instead.
struct ImageReader: Sendable {
    let observed: ObservedEngine
    let access: any DataAccess
    let transaction: SnapshotTransaction
    let report: StepReport
    let detail: @Sendable (String) -> Void

    func read() async throws {
        try await readDirectly(try lacking)
        let left = try lacking
        guard !left.isEmpty else { return }
        detail("\(names(of: left)) by the engine's save: not all of it could be read from its store")
        let transaction = transaction
        let archive = try await observed.engine.saveImages(left.map(\.id))
        let wanted = Set(left.flatMap(\.blobs))
        try await report.measuring("reading images of \(engineName): \(names(of: left))") { progress in
            try await BlockingWork.consume(archive) { next in
                try SavedImages(wanted: wanted, transaction: transaction).read {
                    let bytes = try next()
                    progress.add(Int64(bytes?.count ?? 0))
                    return bytes
                }
            }
        }
        for image in left { try verify(image) }
    }

    private var lacking: [ImageRecord] {
        get throws { try observed.record.images.filter { try $0.blobs.contains { !(try transaction.has($0)) } } }
    }

    private func readDirectly(_ images: [ImageRecord]) async throws {
        guard !images.isEmpty else { return }
        let blobs = ImageBlobs(info: observed.record.info, paths: observed.paths, access: access)
        var places: [Digest: ImageBlobs.Place] = [:]
        var size: Int64 = 0
        for image in images {
            for (digest, place) in try await blobs.places(of: image) where try !transaction.has(digest) {
                guard places.updateValue(place, forKey: digest) == nil else { continue }
                size += try await blobs.size(of: place)
            }
        }
        let work = places.sorted { $0.key < $1.key }
        try await report.measuring("reading images of \(engineName): \(names(of: images))", bytes: size) { progress in
            try await SideBySide.forEach(work) { digest, place in try await readDirectly(digest, place, progress) }
        }
    }

    /// A blob that cannot be read this way is left to the engine.
    private func readDirectly(_ digest: Digest, _ place: ImageBlobs.Place, _ progress: StepMeter) async throws {
        let transaction = transaction
        do {
            try await access.read(place) { produce in
                _ = try transaction.putBlob(kind: "image", expected: digest) { sink in
                    try produce { bytes in
                        try sink(bytes)
                        progress.add(Int64(bytes.count))
                    }
                }
            }
        } catch let error as LiveEnvironmentError {
            detail("\(digest.short): \(error)")
        } catch let error as SnapshotError where error.code == .damaged {
            detail("\(digest.short): \(error.message)")
        }
    }

    private var engineName: String { observed.path == .outermost ? "the engine" : observed.path.description }

    private func names(of images: [ImageRecord]) -> String {
        images.map { $0.tags.first ?? String($0.id.prefix(19)) }.joined(separator: ", ")
    }

    /// Engines have written archives without layers (moby issues 47065 and 49473), so nothing is taken on trust.
    private func verify(_ image: ImageRecord) throws {
        for digest in image.blobs where !(try transaction.has(digest)) {
            throw CaptureError(
                .imageIncomplete,
                "the archive of \(image.tags.first ?? image.id) from \(observed.engine.location) lacks \(digest.short)",
                hint: "pull or build the image again on that engine")
        }
    }
}
