// SPDX-License-Identifier: Apache-2.0

public import OCI

/// What the catalogue says of a replay.
public struct ReplayRecord: Hashable, Sendable {
    /// The replay's name.
    public var name: String
    /// The snapshot that it re-creates.
    public var snapshotID: Digest
    /// When it was begun: RFC 3339 in UTC, ending in `Z`.
    public var createdAt: String
    /// Where it lives.
    public var mode: ReplayMode
    /// How its engine is reached.
    public var engineAddress: String
    /// How far it is, in the words of those who make replays.
    public var state: String
    /// The id of the capsule's container.
    public var capsuleContainer: String?
    /// Whatever else its makers need, as a JSON text.
    public var details: String

    /// Makes a record.
    public init(
        name: String, snapshotID: Digest, createdAt: String, mode: ReplayMode, engineAddress: String, state: String,
        capsuleContainer: String? = nil, details: String = "{}"
    ) {
        self.name = name
        self.snapshotID = snapshotID
        self.createdAt = createdAt
        self.mode = mode
        self.engineAddress = engineAddress
        self.state = state
        self.capsuleContainer = capsuleContainer
        self.details = details
    }
}
