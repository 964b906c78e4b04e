// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import EnvironmentModel
public import OCI

/// What is to be replayed, and where.
public struct ReplayRequest: Sendable {
    /// The snapshot.
    public var snapshot: Digest
    /// The replay's name.
    public var name: String
    /// In a capsule, or on the engine itself.
    public var mode: ReplayMode = .capsule
    /// The image of the capsule, where the snapshot's own host image is not to be used.
    public var capsuleImage: String?
    /// The powers that are granted, as `privileged=foo-host-corge`.
    public var allowed: Set<String> = []
    /// Ports of containers that are to be reached from the engine's machine.
    public var publications: [Publication] = []
    /// Whether the snapshot's probes are run.
    public var probing = Probing.run

    /// What becomes of a snapshot's probes.
    public enum Probing: Sendable {
        /// They are run at the end, and may change what they look at.
        case run
        /// They are left out.
        case skip
    }

    /// A request to replay a snapshot under a name.
    public init(snapshot: Digest, name: String) {
        self.snapshot = snapshot
        self.name = name
    }
}

/// A replay that runs, with its verdict.
public struct ReplayResult: Sendable {
    /// The catalogue's record of it.
    public let record: ReplayRecord
    /// How it compares with the snapshot.
    public let verdict: Verdict
    /// Ports of containers that are reached from the engine's machine.
    public var publications: [Publication] { record.publications }
    /// What the snapshot's probes did in it.
    public let probes: [ProbeVerdict]
    /// What the user is to know.
    public let warnings: [String]
}
