// SPDX-License-Identifier: Apache-2.0

/// What blobs are, as the catalogue says it.
enum BlobKind {
    static let pack = "pack"
    static let chunkList = "chunks"
}
