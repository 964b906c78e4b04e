// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import OCI

extension SnapshotRecord {
    /// The catalogue's row for a document.
    init(_ document: EnvironmentDocument, id: Digest, size: Int64) {
        let engines = document.engine.enginesWithPaths().map(\.engine)
        self.init(
            id: id, name: document.name, message: document.message, createdAt: document.capturedAt,
            project: document.project.name, isComplete: document.isComplete, documentSize: size,
            hostCount: engines.count - 1, containerCount: engines.reduce(0) { $0 + $1.containers.count },
            volumeCount: engines.reduce(0) { $0 + $1.volumes.count },
            imageCount: Set(engines.flatMap { $0.images.map(\.config) }).count, rawSize: document.dataSize,
            tags: document.tags)
    }
}

extension EnvironmentDocument {
    /// The uncompressed bytes of all data archives.
    fileprivate var dataSize: Int64 {
        let engines = engine.enginesWithPaths().map(\.engine)
        let volumes = engines.flatMap { $0.volumes.compactMap(\.data?.size) }
        let layers = engines.flatMap { $0.containers.compactMap(\.layer?.size) }
        return (trees.map(\.data.size) + volumes + layers).reduce(0, +)
    }
}
