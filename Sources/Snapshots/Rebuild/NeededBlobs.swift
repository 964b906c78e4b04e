// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import OCI

/// What documents need, with what the catalogue says each of it is.
struct NeededBlobs {
    private(set) var kinds: [Digest: String] = [:]

    /// Adds what a document needs.
    mutating func add(_ document: EnvironmentDocument) {
        for digest in document.referencedBlobs { kinds[digest] = kinds[digest] ?? "image" }
        for (_, data) in document.archives { kinds[data.digest] = data.form == .chunks ? BlobKind.chunkList : "data" }
        for (_, engine) in document.engine.enginesWithPaths() {
            if let answers = engine.rawAnswers { kinds[answers] = "answers" }
        }
    }
}
