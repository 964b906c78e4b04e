// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// Lets nothing through to an engine that was not granted, just before it is sent.
///
/// The list that a user sees and this guard read the same recipes; were they ever to differ, the replay fails.
struct PowerGuard: Sendable {
    let scope: PowerScope
    /// The values of `--allow`.
    let granted: Set<String>
    let access: any DataAccess
    /// Where the snapshot's folders and files lie on the outermost machine, by their paths on the engine's machine; of
    /// the outermost engine alone.
    let trees: [SnapshotTree]

    /// The guard of the outermost engine of a replay.
    init(
        _ document: EnvironmentDocument, directFolder: String?, granted: Set<String>, site: Site,
        access: any DataAccess
    ) {
        self.init(
            scope: PowerScope(document: document, folder: directFolder, movedSources: site.movedSources),
            granted: granted, access: access,
            trees: SnapshotTree.all(of: document, movedSources: site.movedSources, paths: site.paths))
    }

    init(scope: PowerScope, granted: Set<String>, access: any DataAccess, trees: [SnapshotTree]) {
        self.scope = scope
        self.granted = granted
        self.access = access
        self.trees = trees
    }

    /// The guard of the engine inside a host; whoever granted the host its rights has granted what lies below.
    func inside(_ host: ContainerRecord) -> PowerGuard? {
        scope.inside(host).map { PowerGuard(scope: $0, granted: granted, access: access, trees: []) }
    }

    /// The body of a network as it may be sent.
    func network(_ body: JSONValue, named name: String) throws -> JSONValue {
        let asked = NetworkPowers(body, scope: scope)
        try check(asked.powers, scope.path(named: name))
        return asked.body
    }

    /// The body of a volume as it may be sent.
    func volume(_ body: JSONValue, named name: String) async throws -> JSONValue {
        let asked = VolumePowers(body, scope: scope)
        try check(asked.powers, scope.path(named: name))
        if let device = asked.device { try await checkLinks([device], scope.path(named: name)) }
        return asked.body
    }

    /// The body of a container as it may be sent.
    func container(_ recipe: ContainerRecipe) async throws -> JSONValue {
        var scope = scope
        scope.containerIDs = recipe.context.containerIDs
        scope.imageIDs = recipe.context.imageIDs
        scope.volumeNames = recipe.context.volumeNames
        scope.defaultRuntime = recipe.context.targetInfo["DefaultRuntime"].string ?? "runc"
        let asked = ContainerPowers(
            recipe.container, body: recipe.body, connections: recipe.connections + recipe.lateConnections, scope: scope)
        let path = scope.path(of: recipe.container)
        try check(asked.powers, path)
        try await checkLinks(BindSource.all(in: asked.host).filter(\.isPath), path)
        return asked.body
    }

    /// A file in the capsule's own root may lie behind a link of the capsule's image, which outside leads to the machine's
    /// own files.
    func checkPlace(of tree: TreeRecord, at site: Site) async throws {
        guard scope.folder == nil, let root = site.paths.resolve("/") else { return }
        guard try await access.hasLink(in: String(tree.path.dropFirst()), below: root) else { return }
        throw ReplayError(
            .refused, "the file \(PowerText.detail(tree.path)) would lie behind a symbolic link of the capsule's image",
            hint: "there is no --allow for it; another image may do: --capsule-image IMAGE")
    }

    /// Looks at a container that was made and is not started: an engine adds the labels of the image.
    func made(_ container: ContainerRecord, as inspect: JSONValue) throws {
        guard scope.place == .machine else { return }
        try check(
            LabelPowers(inspect["Config"]["Labels"], project: scope.project).powers, scope.path(of: container))
    }

    private func check(_ powers: [Power], _ path: String) throws {
        let missing = powers.map { PowerRequest(power: $0, path: path) }.filter { !granted.contains($0.flag) }
        guard let first = missing.first else { return }
        throw ReplayError(.refused, "\(path) asks for what was not allowed: \(first.flag) (\(first.power.meaning))")
    }

    /// No part of a bind source below the snapshot's own folder may be a symbolic link: engines follow them, also out of
    /// the folder (CVE-2017-1002101).
    private func checkLinks(_ sources: [BindSource], _ path: String) async throws {
        for bind in sources {
            for tree in trees {
                guard let rest = bind.source.below(tree.path) else { continue }
                let relative = tree.isFile ? String(tree.path.split(separator: "/").last ?? "") : rest
                let base = tree.isFile ? tree.place.parentPath : tree.place
                guard try await access.hasLink(in: relative, below: base) else { continue }
                throw ReplayError(
                    .refused, "\(path) binds \(PowerText.detail(bind.source)), which is or lies behind a symbolic link",
                    hint: "the link may lead anywhere; there is no --allow for it")
            }
        }
    }
}

/// A folder or file of a snapshot where a replay has put it.
struct SnapshotTree: Sendable {
    /// Its path as the engine sees it.
    let path: String
    let isFile: Bool
    /// Its path on the outermost machine.
    let place: String

    /// The trees of a document at a site.
    static func all(of document: EnvironmentDocument, movedSources: [String: String], paths: PathMap) -> [SnapshotTree]
    {
        document.trees.compactMap { tree in
            let path = movedSources[tree.path] ?? tree.path
            return paths.resolve(path).map { SnapshotTree(path: path.normalPath, isFile: tree.isFile, place: $0) }
        }
    }
}

extension String {
    /// The path of the folder that an absolute path lies in.
    fileprivate var parentPath: String { "/" + split(separator: "/").dropLast().joined(separator: "/") }
}
