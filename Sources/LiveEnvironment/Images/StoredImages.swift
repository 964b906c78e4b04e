// SPDX-License-Identifier: Apache-2.0
import Archive
public import EnvironmentModel
import Glibc
import Hashing
public import OCI

/// The blobs of an engine's images, read from its own store on this machine.
public struct StoredImages: ImageContents {
    private let places: [Digest: ImageBlobs.Place]

    init(places: [Digest: ImageBlobs.Place]) { self.places = places }

    /// Whether all blobs of an image can be read.
    public func holds(_ image: ImageRecord) -> Bool { image.blobs.allSatisfy { places[$0] != nil } }

    /// A small blob as a whole.
    public func read(_ blob: Digest) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try open(blob).write { bytes += $0 }
        return bytes
    }

    /// A blob, which is verified while it is written.
    public func open(_ blob: Digest) throws -> ImageBlob {
        let place = try place(of: blob)
        return ImageBlob(size: try Self.size(of: place)) { sink in
            let hasher = try SHA256Hasher()
            try Self.copy(place) { bytes in
                hasher.update(bytes)
                try sink(bytes)
            }
            guard try hasher.finalize() == blob else {
                throw LiveEnvironmentError(
                    .dataOutOfReach, "the layer \(blob.short) in the engine's store is not what its digest says")
            }
        }
    }

    /// The sizes of blobs.
    public func sizes(of blobs: [Digest]) throws -> [Digest: Int64] {
        var sizes: [Digest: Int64] = [:]
        for blob in blobs where places[blob] != nil { sizes[blob] = try Self.size(of: try place(of: blob)) }
        return sizes
    }

    private func place(of blob: Digest) throws -> ImageBlobs.Place {
        guard let place = places[blob] else {
            throw LiveEnvironmentError(.dataOutOfReach, "\(blob.short) is not found in the engine's store")
        }
        return place
    }

    private static func copy(_ place: ImageBlobs.Place, to sink: ByteSink) throws {
        switch place {
        case .file(let path): try TreeAccess.copyFile(path, to: sink)
        case .layer(let recipe, let folder): try LayerTar(recipe: recipe, folder: folder).write(to: sink)
        }
    }

    private static func size(of place: ImageBlobs.Place) throws -> Int64 {
        switch place {
        case .layer(let recipe, let folder): return try LayerTar(recipe: recipe, folder: folder).size()
        case .file(let path):
            var status = stat()
            guard stat(path, &status) == 0 else {
                throw LiveEnvironmentError(.dataOutOfReach, "\(path): \(String(cString: strerror(errno)))")
            }
            return Int64(status.st_size)
        }
    }
}
