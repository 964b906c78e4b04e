// SPDX-License-Identifier: Apache-2.0
public import JSONTree
public import OCI

/// An image of an engine: its identity, and the blobs that hold it.
public struct ImageRecord: Sendable, Equatable, JSONRepresentable {
    /// The id that the engine uses: the config's digest in the classic store, a manifest's in the containerd store.
    public var id: String
    /// The digest of the image's config, which is a blob.
    public var config: Digest
    /// The diffIDs of its layers, the lowest first; each is a blob.
    public var layers: [Digest]
    /// The manifests that lead to it in containerd's store, as blobs: the one its id names first, as an index, and its own
    /// last; none in the classic store, which keeps no manifests.
    public var manifests: [Digest] = []
    /// The layers as that manifest names them, compressed or not; empty where they are the diffIDs' own bytes.
    public var layerBlobs: [Digest] = []
    /// All its tags on this engine, `name:tag`; none for a dangling image.
    public var tags: [String]
    /// The engine's answer to `GET /images/ID/json`.
    public var inspect: JSONValue

    /// An image as an engine shows it.
    public init(id: String, config: Digest, layers: [Digest], tags: [String], inspect: JSONValue) {
        self.id = id
        self.config = config
        self.layers = layers
        self.tags = tags
        self.inspect = inspect
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        id = try json.requiredString("id")
        config = try json.requiredDigest("config")
        layers = try json["layers"].strings.map { try Digest(parsing: $0) }
        manifests = try json["manifests"].strings.map { try Digest(parsing: $0) }
        layerBlobs = try json["layerBlobs"].strings.map { try Digest(parsing: $0) }
        tags = json["tags"].strings
        inspect = json["inspect"]
    }

    /// The digest of the manifest that the engine names it by; nil in the classic store, which keeps no manifests.
    var manifest: String? { id == config.description ? nil : id }

    /// The digests of all blobs that hold it.
    public var blobs: [Digest] { manifests + [config] + (layerBlobs.isEmpty ? layers : layerBlobs) }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            "id": .string(id), "config": .string(config.description), "layers": layers.map(\.description).json,
            "manifests": manifests.map(\.description).json, "layerBlobs": layerBlobs.map(\.description).json,
            "tags": tags.json, "inspect": inspect,
        ])
    }
}
