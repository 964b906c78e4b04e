// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// One entry of a container's `Mounts`: what is mounted where.
public struct MountPoint: Sendable, Equatable {
    /// The kind of mount, as `bind`, `volume` or `tmpfs`.
    public var type: String
    /// The volume's name, where it is one.
    public var name: String?
    /// The path on the engine's machine; empty for a tmpfs.
    public var source: String
    /// The path in the container.
    public var destination: String
    /// Whether the container may write to it.
    public var isWritable: Bool

    /// Reads one entry of `Mounts`.
    public init(inspect: JSONValue) {
        type = inspect["Type"].string ?? ""
        name = inspect["Name"].string.flatMap { $0.isEmpty ? nil : $0 }
        source = inspect["Source"].string ?? ""
        destination = inspect["Destination"].string ?? ""
        isWritable = inspect["RW"].bool ?? true
    }
}
