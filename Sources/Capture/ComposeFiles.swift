// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment
import Yams

/// The files and folders that a project's compose files refer to (compose-spec: `env_file`, `build`, `configs`,
/// `secrets`, `extends`, `include`).
struct ComposeFiles {
    let project: ProjectRecord
    let access: any DataAccess

    /// The absolute paths of the compose files, of `.env`, and of everything they refer to.
    func paths() async throws -> [String] {
        let base = project.workingDirectory
        var paths = [base.appendingPath(".env")]
        for file in project.configFiles {
            let path = absolute(file, base: base)
            paths.append(path)
            guard try await access.kind(of: path) == .file else { continue }
            let text = String(decoding: try await access.readFile(path), as: UTF8.self)
            // A file that no longer parses is kept verbatim like any other; what it refers to cannot be known.
            guard let root = try? Yams.compose(yaml: text) else { continue }
            paths += references(in: root).map { absolute($0, base: base) }
        }
        return Set(paths).sorted()
    }

    private func absolute(_ path: String, base: String) -> String {
        (path.hasPrefix("/") ? path : base.appendingPath(path)).resolvingDots
    }

    private func references(in root: Node) -> [String] {
        var found: [String] = []
        for (_, service) in root["services"]?.mapping ?? [:] {
            found += strings(service["env_file"]) + strings(service["extends"]?["file"])
            found += strings(service["build"]?["context"])
            if service["build"]?.scalar != nil { found += strings(service["build"]) }
        }
        for section in ["configs", "secrets"] {
            for (_, entry) in root[section]?.mapping ?? [:] { found += strings(entry["file"]) }
        }
        found += strings(root["include"])
        return found.filter { !$0.contains("${") && !$0.contains("://") && !$0.hasPrefix("git@") && !$0.hasPrefix("~") }
    }

    /// The strings of a scalar, or of a sequence of scalars or of mappings with `path`.
    private func strings(_ node: Node?) -> [String] {
        guard let node else { return [] }
        if let scalar = node.string { return [scalar] }
        return (node.sequence ?? []).flatMap { strings($0.string == nil ? $0["path"] : $0) }
    }
}
