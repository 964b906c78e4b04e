// SPDX-License-Identifier: Apache-2.0

/// What is to be brought up, and how.
public struct ProvisionRequest: Sendable {
    /// The folder of the outer compose project, absolute.
    public var folder: String
    /// The project's name; what the compose tool calls it unless given.
    public var projectName: String?
    /// Whether what has a build section is built anew.
    public var rebuilds = false
    /// Containers that are hosts whatever they look like, by service or container name.
    public var hosts: Set<String> = []
    /// How long an engine may take to answer, and containers to be healthy.
    public var timeLimit: Duration = .seconds(120)

    /// Brings up the project of a folder.
    public init(folder: String) { self.folder = folder }
}
