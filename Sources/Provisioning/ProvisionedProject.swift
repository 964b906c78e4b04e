// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A project that was brought up.
public struct ProvisionedProject: Sendable {
    /// A host with what runs in it.
    public struct Host: Sendable {
        /// How it is called.
        public let name: String
        /// Its addresses.
        public let addresses: [String]
        /// The version of its engine.
        public let engineVersion: String
        /// The folder of its project; nil where it has none.
        public let project: String?
        /// The images that its engine was given.
        public let images: [String]
        /// The containers of its project.
        public internal(set) var services: [ServiceState]

        /// The host as `--json` shows it.
        public var json: JSONValue {
            [
                "name": .string(name), "addresses": .array(addresses.map(JSONValue.string)),
                "engine": .string(engineVersion), "project": .optional(project),
                "images": .array(images.map(JSONValue.string)), "services": .array(services.map(\.json)),
            ]
        }
    }

    /// The name of the outer project.
    public let name: String
    /// Its folder.
    public let folder: String
    /// Its hosts.
    public let hosts: [Host]
    /// Its containers that are no hosts.
    public let services: [ServiceState]
    /// What went wrong with containers, as sentences.
    public let problems: [String]

    /// The project as `--json` shows it.
    public var json: JSONValue {
        [
            "project": .string(name), "folder": .string(folder), "hosts": .array(hosts.map(\.json)),
            "services": .array(services.map(\.json)), "problems": .array(problems.map(JSONValue.string)),
        ]
    }
}
