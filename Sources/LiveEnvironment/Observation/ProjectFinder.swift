// SPDX-License-Identifier: Apache-2.0
public import DockerEngine
public import EnvironmentModel
import JSONTree

/// Finds the compose project that a command is about.
public struct ProjectFinder: Sendable {
    private let engine: Engine

    /// A finder on the outermost engine.
    public init(engine: Engine) { self.engine = engine }

    /// The project of a name or a folder; with neither, the one of the working folder, else the only one that runs.
    ///
    /// - Throws: `LiveEnvironmentError` where there is none, or more than one to choose from.
    public func find(_ nameOrFolder: String?, workingDirectory: String) async throws -> ProjectRecord {
        let projects = try await self.projects()
        if let nameOrFolder {
            let folder = (nameOrFolder.hasPrefix("/") ? nameOrFolder : workingDirectory.appendingPath(nameOrFolder))
                .resolvingDots
            if let project = projects.first(where: { $0.name == nameOrFolder })
                ?? projects.first(where: { $0.workingDirectory == folder })
            {
                return project
            }
            throw LiveEnvironmentError(
                .noSuchProject, "no compose project \"\(nameOrFolder)\" runs on \(engine.location)",
                hint: projects.isEmpty
                    ? "bring the project up first, then capture it" : "running: \(list(projects))")
        }
        if let project = innermost(of: projects, around: workingDirectory) { return project }
        guard let only = projects.first else {
            throw LiveEnvironmentError(
                .noSuchProject, "no compose project runs on \(engine.location)",
                hint: "bring one up first, or point DOCKER_HOST to the engine it runs on")
        }
        guard projects.count == 1 else {
            throw LiveEnvironmentError(
                .ambiguousProject, "several compose projects run: \(list(projects))", hint: "name the one that is meant"
            )
        }
        return only
    }

    /// The project whose folder is nearest above the working folder, as compose looks for its files; nil where two share
    /// that folder.
    private func innermost(of projects: [ProjectRecord], around folder: String) -> ProjectRecord? {
        let around = projects.filter { !$0.workingDirectory.isEmpty && folder.below($0.workingDirectory) != nil }
        let nearest = around.filter { project in
            !around.contains { $0.workingDirectory.utf8.count > project.workingDirectory.utf8.count }
        }
        return nearest.count == 1 ? nearest[0] : nil
    }

    private func list(_ projects: [ProjectRecord]) -> String { projects.map(\.name).joined(separator: ", ") }

    /// The projects that have containers on the engine.
    public func projects() async throws -> [ProjectRecord] {
        let containers = try await engine.listContainers(all: true, filters: ["label": ["com.docker.compose.project"]])
        var projects: [String: ProjectRecord] = [:]
        for container in containers.value.array ?? [] {
            let labels = container["Labels"]
            // A capsule carries no compose label of its own; what runs in it is on another engine.
            guard let name = labels["com.docker.compose.project"].string, projects[name] == nil else { continue }
            projects[name] = ProjectRecord(
                name: name, workingDirectory: labels["com.docker.compose.project.working_dir"].string ?? "",
                configFiles: (labels["com.docker.compose.project.config_files"].string ?? "")
                    .split(separator: ",").map(String.init),
                composeVersion: labels["com.docker.compose.version"].string)
        }
        return projects.values.sorted { $0.name < $1.name }
    }
}

extension String {
    /// An absolute path without `.`, `..` and doubled slashes; symbolic links are not looked at.
    public var resolvingDots: String {
        var parts: [Substring] = []
        for part in split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
