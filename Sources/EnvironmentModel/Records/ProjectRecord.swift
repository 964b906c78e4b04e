// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// The compose project that was captured.
public struct ProjectRecord: Sendable, Equatable, JSONRepresentable {
    /// The project's name.
    public var name: String
    /// The absolute path of the folder it runs from.
    public var workingDirectory: String
    /// The compose files it was brought up with, as compose wrote them into its labels.
    public var configFiles: [String]
    /// The version of the compose tool that brought it up.
    public var composeVersion: String?

    /// A compose project.
    public init(name: String, workingDirectory: String, configFiles: [String], composeVersion: String?) {
        self.name = name
        self.workingDirectory = workingDirectory
        self.configFiles = configFiles
        self.composeVersion = composeVersion
    }

    /// Reads the record from its JSON form.
    public init(json: JSONValue) throws {
        name = try json.requiredString("name")
        workingDirectory = json["workingDirectory"].string ?? ""
        configFiles = json["configFiles"].strings
        composeVersion = json["composeVersion"].string
    }

    /// The record's JSON form.
    public var json: JSONValue {
        .compact([
            "name": .string(name), "workingDirectory": .string(workingDirectory), "configFiles": configFiles.json,
            "composeVersion": .optional(composeVersion),
        ])
    }
}
