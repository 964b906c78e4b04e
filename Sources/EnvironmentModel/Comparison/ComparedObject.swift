// SPDX-License-Identifier: Apache-2.0

/// What a finding is about: an object of an engine, or files that belong to one.
public struct ComparedObject: Sendable, Hashable, CustomStringConvertible {
    /// The kinds of objects that are compared.
    public enum Kind: String, Sendable {
        /// The compose project.
        case project
        /// An engine itself.
        case engine
        /// A network.
        case network
        /// A volume, or its files.
        case volume
        /// An image.
        case image
        /// A container, be it a host or not.
        case container
        /// The files of a container's writable layer.
        case layer
        /// The files of a container's memory file system.
        case memory
        /// A folder or a file of the outermost machine.
        case folder
        /// A command that was run when the environment was captured.
        case probe
    }

    /// What it is.
    public let kind: Kind
    /// The engine it belongs to.
    public let path: EnginePath
    /// Its name; empty for an engine, an absolute path for a folder, `CONTAINER: PATH` for memory.
    public let name: String
    /// How it is called on the command line: a container's service where only one has it; else its name.
    public var callName: String
    /// Whether it is a container with an engine in it.
    public var isHost = false

    /// An object of an engine.
    public init(_ kind: Kind, _ path: EnginePath, _ name: String = "", callName: String? = nil, isHost: Bool = false) {
        self.kind = kind
        self.path = path
        self.name = name
        self.callName = callName ?? name
        self.isHost = isHost
    }

    /// The object as findings name it: `container foo-host-corge/foo-app`, or a folder's path.
    public var description: String {
        switch kind {
        case .engine: "engine \(path)"
        case .folder: name
        case .layer: "layer of \(path.objectName(name))"
        case .memory: "tmpfs \(path.objectName(name))"
        default: "\(kind.rawValue) \(path.objectName(name))"
        }
    }
}
