// SPDX-License-Identifier: Apache-2.0

public import OCI

/// What the catalogue says of a snapshot.
public struct SnapshotRecord: Hashable, Sendable {
    /// The digest of the environment document.
    public var id: Digest
    /// A name that stands for the snapshot; no two have the same.
    public var name: String?
    /// What the user said of it.
    public var message: String?
    /// When it was captured: RFC 3339 in UTC, ending in `Z`.
    public var createdAt: String
    /// The compose project.
    public var project: String
    /// Whether everything was captured.
    public var isComplete: Bool
    /// The number of bytes of the environment document.
    public var documentSize: Int64
    /// How many hosts the environment has, at all depths.
    public var hostCount: Int
    /// How many containers the environment has, at all depths, hosts among them.
    public var containerCount: Int
    /// How many volumes and bind sources were captured.
    public var volumeCount: Int
    /// How many images were captured.
    public var imageCount: Int
    /// The number of bytes of all its blobs, uncompressed.
    public var rawSize: Int64
    /// The user's own marks.
    public var tags: [String: String]
    /// Where it came from; nil when it was captured into this store.
    public var origin: SnapshotOrigin?

    /// Makes a record.
    public init(
        id: Digest, name: String? = nil, message: String? = nil, createdAt: String, project: String,
        isComplete: Bool, documentSize: Int64, hostCount: Int, containerCount: Int, volumeCount: Int,
        imageCount: Int, rawSize: Int64, tags: [String: String] = [:], origin: SnapshotOrigin? = nil
    ) {
        self.id = id
        self.name = name
        self.message = message
        self.createdAt = createdAt
        self.project = project
        self.isComplete = isComplete
        self.documentSize = documentSize
        self.hostCount = hostCount
        self.containerCount = containerCount
        self.volumeCount = volumeCount
        self.imageCount = imageCount
        self.rawSize = rawSize
        self.tags = tags
        self.origin = origin
    }
}
