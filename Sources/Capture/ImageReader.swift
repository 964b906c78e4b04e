// SPDX-License-Identifier: Apache-2.0
import Archive
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import OCI
import Snapshots

/// Reads the images of one engine that the store lacks, each layer once.
struct ImageReader {
    let observed: ObservedEngine
    let transaction: SnapshotTransaction
    let report: @Sendable (String) -> Void

    func read() async throws {
        let transaction = transaction
        let lacking = try observed.record.images.filter { image in
            try image.blobs.contains { !(try transaction.has($0)) }
        }
        guard !lacking.isEmpty else { return }
        let names = lacking.map { $0.tags.first ?? String($0.id.prefix(19)) }.joined(separator: ", ")
        report("reading images of \(observed.path == .outermost ? "the engine" : observed.path.description): \(names)")
        let archive = try await observed.engine.saveImages(lacking.map(\.id))
        let wanted = Set(lacking.flatMap(\.blobs))
        try await BlockingWork.consume(archive) { next in
            try SavedImages(wanted: wanted, transaction: transaction).read(next)
        }
        for image in lacking { try verify(image) }
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
