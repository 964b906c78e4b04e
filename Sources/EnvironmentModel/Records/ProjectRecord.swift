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

    /// The variables by which a compose tool in the project's folder finds the project, where its own defaults would not:
    /// a name other than the folder's, files of other names
    /// (https://docs.docker.com/compose/how-tos/environment-variables/envvars/).
    public var composeVariables: [String] {
        var variables: [String] = []
        let folder = workingDirectory.split(separator: "/").last.map(String.init) ?? ""
        if folder.lowercased() != name { variables.append("COMPOSE_PROJECT_NAME=\(name)") }
        let defaults = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]
        let names = configFiles.map {
            $0.hasPrefix(workingDirectory + "/") ? String($0.dropFirst(workingDirectory.count + 1)) : $0
        }
        if names.count > 1 || names.contains(where: { !defaults.contains($0) }) {
            variables.append("COMPOSE_FILE=\(configFiles.joined(separator: ":"))")
        }
        return variables
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
