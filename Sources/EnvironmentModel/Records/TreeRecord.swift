// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A folder or a file of the outermost engine's machine: the project's own, or a bind source.
public struct TreeRecord: Sendable, Equatable, JSONRepresentable {
    /// Its absolute path on the machine where it was captured.
    public var path: String
    /// Whether it is one file and not a folder.
    public var isFile: Bool
    /// Paths below it that were left out, relative to it: data-roots of nested engines, and what the user excluded.
    public var excluded: [String]
    /// Its content.
    public var data: DataArchive

    /// A captured folder or file.
    public init(path: String, isFile: Bool, excluded: [String], data: DataArchive) {
        self.path = path
        self.isFile = isFile
        self.excluded = excluded
        self.data = data
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        path = try json.requiredString("path")
        guard path.isPlainAbsolutePath else { throw ModelError.malformed("a tree lies at no plain absolute path") }
        isFile = json["isFile"].bool ?? false
        excluded = json["excluded"].strings
        guard let data: DataArchive = try json.record("data") else { throw ModelError.malformed("a tree without data") }
        self.data = data
    }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            "path": .string(path), "isFile": .bool(isFile), "excluded": excluded.json, "data": data.json,
        ])
    }
}
