// SPDX-License-Identifier: Apache-2.0

public import JSONTree

/// What an engine says of a path in a container, from the header `X-Docker-Container-Path-Stat`.
public struct PathStat: Sendable {
    /// The last component of the path.
    public let name: String
    /// The size in bytes.
    public let size: Int64
    /// The mode as Go's `fs.FileMode` numbers it: kind in the upper bits, permissions in the lowest nine.
    public let mode: UInt32
    /// The time of the last change, as the engine wrote it.
    public let modified: String
    /// The target of a symbolic link; empty for others.
    public let linkTarget: String
    /// All that the header holds.
    public let json: JSONValue

    /// Whether the path is a directory: Go's `ModeDir`.
    public var isDirectory: Bool { mode & 1 << 31 != 0 }
    /// Whether the path is a symbolic link: Go's `ModeSymlink`.
    public var isSymbolicLink: Bool { mode & 1 << 27 != 0 }

    /// Decodes the header's value.
    init(header: String) throws {
        guard let bytes = Base64.decode(header), let json = try? JSONValue(parsing: bytes),
            let name = json["name"].string
        else {
            throw EngineError(.protocolViolation, "the engine's header X-Docker-Container-Path-Stat cannot be read")
        }
        self.name = name
        self.json = json
        size = json["size"].int ?? 0
        mode = json["mode"].int.flatMap(UInt32.init(exactly:)) ?? 0
        modified = json["mtime"].string ?? ""
        linkTarget = json["linkTarget"].string ?? ""
    }
}
