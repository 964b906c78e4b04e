// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import EnvironmentModel
public import OCI
public import Snapshots

/// What is to be captured, and how.
public struct CaptureRequest: Sendable {
    /// Which containers stand still while data is read.
    public enum Pause: String, Sendable, CaseIterable {
        /// Every container that is no host.
        case leaves
        /// None: data may be read in the middle of a write.
        case none
    }

    /// The compose project.
    public var project: ProjectRecord
    /// A name for the snapshot.
    public var name: String?
    /// A message for the snapshot.
    public var message: String?
    /// Tags for the snapshot.
    public var tags: [String: String] = [:]
    /// Containers that are hosts whatever they look like.
    public var hosts: Set<String> = []
    /// The folder of the store, which is never captured into itself.
    var store = ""
    /// Absolute paths and volume names that are left out.
    public var exclusions: [String] = []
    /// Which containers stand still while data is read.
    public var pause = Pause.leaves
    /// Commands to run in containers after the data was read, in their order.
    public var probes: [ProbeRequest] = []
    /// How long each of them may take.
    public var probeTimeLimit = Duration.seconds(30)
    /// Where the snapshot came from that the project is a replay of, so that it is trusted no more than that; nil for what
    /// is this user's own.
    public var origin: SnapshotOrigin?

    /// A request to capture a project.
    public init(project: ProjectRecord) { self.project = project }
}

/// A capture that was committed.
public struct CaptureResult: Sendable {
    /// The snapshot's id.
    public let id: Digest
    /// What it says.
    public let document: EnvironmentDocument
    /// What was read and stored for it.
    public let account: SnapshotTransaction.Account
}
