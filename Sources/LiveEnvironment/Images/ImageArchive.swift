// SPDX-License-Identifier: Apache-2.0
import Archive
public import DockerEngine
public import EnvironmentModel
import JSONTree
public import OCI
public import Steps

/// Writes images as one archive that every engine loads: an OCI image layout that is also a docker archive.
///
/// Classic stores read `manifest.json` and refuse an archive without it, the containerd store reads `index.json`
/// (moby's `tarexport/load.go`). The form is always the same, so that the containerd store gives an image the same id
/// each time.
public struct ImageArchive: Sendable {
    private let images: [ImageRecord]
    private let contents: any ImageContents
    private let omitted: Set<Digest>

    /// The archive of some images.
    ///
    /// - Parameters:
    ///   - images: The images.
    ///   - contents: Gives their blobs.
    ///   - omitted: Layers to leave out because the engine that loads it has them: a classic store looks a layer up
    ///     under the digest of it and all below before it opens its file.
    public init(images: [ImageRecord], contents: any ImageContents, omitting omitted: Set<Digest> = []) {
        self.images = images
        self.contents = contents
        self.omitted = omitted
    }

    /// Writes the archive; blobs are verified in the same pass.
    public func write(to send: ([UInt8]) throws -> Void) throws {
        try withoutActuallyEscaping(send) { send in
            let writer = PaxWriter(sink: { try send(Array($0)) })
            var written = omitted
            try write("oci-layout", Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8), to: writer)
            var index: [JSONValue] = []
            var manifest: [JSONValue] = []
            for image in images {
                for blob in image.blobs where written.insert(blob).inserted {
                    try write(blob, to: writer)
                }
                let document = try ImageManifest(of: image, in: contents)
                if written.insert(document.digest).inserted {
                    try write("blobs/sha256/\(document.digest.hex)", document.bytes, to: writer)
                }
                index += descriptors(of: image, document)
                manifest.append(dockerManifest(of: image))
            }
            let layout: JSONValue = [
                "schemaVersion": 2, "mediaType": .string(MediaType.imageIndex.rawValue), "manifests": .array(index),
            ]
            try write("index.json", layout.canonicalBytes, to: writer)
            try write("manifest.json", JSONValue.array(manifest).canonicalBytes, to: writer)
            try writer.finish()
        }
    }

    /// Has an engine load the archive.
    ///
    /// - Throws: `EngineError`, and what the contents throw.
    public func load(onto engine: Engine, _ progress: StepMeter) async throws {
        _ = try await BlockingWork.produce(
            { send in
                try write {
                    try send($0)
                    progress.add(Int64($0.count))
                }
            }, to: { try await engine.loadImages($0) })
    }

    /// A dangling image has a descriptor without a name.
    private func descriptors(of image: ImageRecord, _ manifest: ImageManifest) -> [JSONValue] {
        let names: [String?] = image.tags.isEmpty ? [nil] : image.tags
        return names.map { name in
            var descriptor = JSONObject()
            descriptor["mediaType"] = .string(manifest.mediaType)
            descriptor["digest"] = .string(manifest.digest.description)
            descriptor["size"] = .int(manifest.bytes.count)
            if let name {
                let full = (try? Reference(parsing: name).description) ?? name
                descriptor["annotations"] = [
                    "io.containerd.image.name": .string(full),
                    "org.opencontainers.image.ref.name": .string(name.repositoryAndTag.tag),
                ]
            }
            return .object(descriptor)
        }
    }

    private func dockerManifest(of image: ImageRecord) -> JSONValue {
        [
            "Config": .string("blobs/sha256/\(image.config.hex)"), "RepoTags": .array(image.tags.map(JSONValue.string)),
            "Layers": .array(
                (image.layerBlobs.isEmpty ? image.layers : image.layerBlobs).map { .string("blobs/sha256/\($0.hex)") }),
        ]
    }

    private func write(_ blob: Digest, to writer: PaxWriter) throws {
        let source = try contents.open(blob)
        try writer.append(entry("blobs/sha256/\(blob.hex)", size: source.size)) { write in
            try source.write(write)
        }
    }

    private func write(_ name: String, _ bytes: [UInt8], to writer: PaxWriter) throws {
        try writer.append(entry(name, size: Int64(bytes.count)), bytes: bytes)
    }

    private func entry(_ name: String, size: Int64) -> ArchiveEntry {
        ArchiveEntry(
            path: Array(name.utf8), kind: .file(size: size), mode: 0o644, user: 0, group: 0,
            modified: Timestamp(seconds: 0, nanoseconds: 0), attributes: [], extents: nil)
    }
}
