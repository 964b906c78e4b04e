// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import LiveEnvironment
import Yams

/// The files and folders that a project's compose files refer to (compose-spec: `env_file`, `build`, `configs`,
/// `secrets`, `extends`, `include`).
struct ComposeFiles {
    let project: ProjectRecord
    let access: any DataAccess
    /// Where the files of the project's machine lie.
    var paths = PathMap.outermost

    /// The absolute paths of the compose files, of `.env`, and of everything they refer to.
    func paths() async throws -> [String] {
        let base = project.workingDirectory
        var paths = [base.appendingPath(".env")]
        for file in project.configFiles {
            let path = absolute(file, base: base)
            paths.append(path)
            guard let source = self.paths.resolve(path), try await access.kind(of: source) == .file else { continue }
            let text = String(decoding: try await access.readFile(source), as: UTF8.self)
            paths += Self.references(inText: text).map { absolute($0, base: base) }
        }
        return Set(paths).sorted()
    }

    private func absolute(_ path: String, base: String) -> String {
        (path.hasPrefix("/") ? path : base.appendingPath(path)).resolvingDots
    }

    /// What a compose file refers to, each once; nothing where that cannot be known.
    ///
    /// A file that does not parse is kept verbatim like any other.
    static func references(inText text: String) -> [String] {
        guard let root = try? Yams.compose(yaml: text) else { return [] }
        var references = ComposeReferences()
        references.collect(root)
        return references.isExhausted ? [] : references.found.sorted()
    }
}

/// Collects what the nodes of a compose file refer to.
private struct ComposeReferences {
    private(set) var found: Set<String> = []
    /// With aliases of lists a small file has more nodes than there is memory for; no project has so many.
    private var left = 100_000

    /// Whether there were too many nodes to look at.
    var isExhausted: Bool { left < 0 }

    mutating func collect(_ root: Node) {
        for (_, service) in root["services"]?.mapping ?? [:] {
            add(service["env_file"])
            add(service["extends"]?["file"])
            add(service["build"]?["context"])
            if service["build"]?.scalar != nil { add(service["build"]) }
        }
        for section in ["configs", "secrets"] {
            for (_, entry) in root[section]?.mapping ?? [:] { add(entry["file"]) }
        }
        add(root["include"])
    }

    /// Adds the strings of a scalar, or of a list of scalars or of mappings with `path`, which is either.
    private mutating func add(_ node: Node?, isInPath: Bool = false) {
        left -= 1
        guard let node, !isExhausted else { return }
        if let scalar = node.string {
            if Self.isPath(scalar) { found.insert(scalar) }
        } else {
            for element in node.sequence ?? [] where !isExhausted {
                left -= 1
                if element.string != nil {
                    add(element)
                } else if !isInPath {
                    add(element["path"], isInPath: true)
                }
            }
        }
    }

    private static func isPath(_ text: String) -> Bool {
        !text.contains("${") && !text.contains("://") && !text.hasPrefix("git@") && !text.hasPrefix("~")
    }
}
