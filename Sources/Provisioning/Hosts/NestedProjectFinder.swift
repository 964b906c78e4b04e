// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Finds out which compose project belongs to a host.
///
/// The first of these that holds:
/// 1. The host's service has `x-envsnap: { project: /path }` in the outer compose file; `project: false` is none.
/// 2. A compose file lies in the host's working folder.
/// 3. A compose file lies in exactly one of the folders that are mounted into the host.
struct NestedProjectFinder: Sendable {
    let host: ContainerRecord
    /// How the host is called in messages.
    let name: String
    /// What its service tells envsnap in the outer compose file.
    let remarks: JSONValue
    let files: ContainerFiles

    /// The names of compose files, those that are taken first before the others, with the files that are laid over them.
    static let fileNames = ["compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"]

    /// The project; nil where the host has none.
    ///
    /// - Throws: `ProvisioningError` where the host has several, or one that cannot be read.
    func find() async throws -> NestedProject? {
        guard let folder = try await folder() else { return nil }
        let texts = try await texts(in: folder)
        guard !texts.isEmpty else {
            throw ProvisioningError(
                .noComposeFile, "there is no compose file in \(folder) of \(name)",
                hint:
                    "x-envsnap of the service says that its project is there; mount the project's folder into the host")
        }
        let model = try ComposeModel(files: texts, variables: try await variables(in: folder))
        try await checkEnvironmentFiles(model, folder, texts)
        return NestedProject(folder: folder, files: texts, model: model)
    }

    private func folder() async throws -> String? {
        let told = remarks["project"]
        if told.bool == false || told.string == "none" { return nil }
        if let path = told.string {
            guard path.hasPrefix("/") else {
                throw ProvisioningError(
                    .badComposeFile, "x-envsnap of the service \(name) names the project \(path)",
                    hint: "give the folder's absolute path in the host")
            }
            return path.resolvingDots
        }
        let working = host.inspect["Config"]["WorkingDir"].string ?? ""
        if !working.isEmpty, try await holdsProject(working) { return working.withoutTrailingSlash }
        var found: [String] = []
        for mount in host.mounts where mount.destination.below("/var/lib/docker") == nil {
            // A mounted file, as a socket, has nothing below it.
            guard try await files.isFolder(mount.destination) else { continue }
            if try await holdsProject(mount.destination) { found.append(mount.destination.withoutTrailingSlash) }
        }
        guard found.count > 1 else { return found.first }
        throw ProvisioningError(
            .unclear, "\(name) has several folders with a compose file: \(found.joined(separator: ", "))",
            hint: "set working_dir of the service to the one that is meant, or x-envsnap: { project: \(found[0]) }")
    }

    private func holdsProject(_ folder: String) async throws -> Bool { try await file(in: folder) != nil }

    private func file(in folder: String) async throws -> String? {
        for name in Self.fileNames where try await files.exists(folder.appendingPath(name)) { return name }
        return nil
    }

    /// The compose file of a folder and the one that is laid over it.
    private func texts(in folder: String) async throws -> [ComposeText] {
        guard let name = try await file(in: folder), let dot = name.lastIndex(of: ".") else { return [] }
        let override = name[..<dot] + ".override" + name[dot...]
        var texts: [ComposeText] = []
        for name in [name, String(override)] {
            let path = folder.appendingPath(name)
            guard let text = try await files.text(path) else { continue }
            texts.append(ComposeText(file: "\(self.name):\(path)", text: text))
        }
        return texts
    }

    /// What the compose tool in the host will put into the files: the host's own variables over those of `.env`.
    private func variables(in folder: String) async throws -> [String: String] {
        var variables = ComposeVariables.parse(try await files.text(folder.appendingPath(".env")) ?? "")
        let own = host.inspect["Config"]["Env"].strings.joined(separator: "\n")
        variables.merge(ComposeVariables.parse(own)) { $1 }
        return variables
    }

    /// Without these the compose tool would refuse the whole project, after all else was done.
    private func checkEnvironmentFiles(_ model: ComposeModel, _ folder: String, _ texts: [ComposeText]) async throws {
        for service in model.started {
            for file in service.environmentFiles where !file.contains("$") {
                let path = (file.hasPrefix("/") ? file : folder.appendingPath(file)).resolvingDots
                guard try await !files.exists(path) else { continue }
                let line = texts.compactMap { text in
                    text.line(of: ["services", service.name, "env_file"]).map { "\(text.file), line \($0)" }
                }.last
                throw ProvisioningError(
                    .fileMissing,
                    "\(line ?? texts[0].file): the service \(service.name) wants the file \(path), which is not there",
                    hint: "make it first: it often holds what is kept out of the repository, as passwords")
            }
        }
    }
}
