// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel
import JSONTree
import OCI

/// A data archive of a snapshot, under the name of the first object that has it.
struct DistinctArchive: Sendable {
    let name: String
    let data: DataArchive
    /// The path of the folder or file on the outermost machine, where it is one.
    let root: String?
    /// Whether all files in it are secrets: a memory file system below `/run/secrets`.
    let isSecret: Bool

    /// The path of an entry, for people and for rules; that of a single file is the file's own name.
    func path(of entry: ArchiveEntry) -> [UInt8] {
        guard entry.path == [UInt8(ascii: ".")], let root else { return entry.path }
        return Array((root.split(separator: "/").last ?? "").utf8)
    }
}

extension EnvironmentDocument {
    /// Every data archive once.
    var distinctArchives: [DistinctArchive] {
        var seen: Set<Digest> = []
        return archives.filter { seen.insert($0.data.digest).inserted }.map { subject, data in
            DistinctArchive(
                name: subject.description, data: data, root: subject.kind == .folder ? subject.name : nil,
                isSecret: subject.kind == .memory && subject.name.contains(": /run/secrets"))
        }
    }

    /// The names that objects of the environment bear.
    var ownNames: Set<String> {
        var names: Set<String> = [project.name, project.workingDirectory]
        for (_, engine) in engine.enginesWithPaths() {
            names.formUnion(engine.networks.map(\.name) + engine.volumes.map(\.name) + engine.images.flatMap(\.tags))
            for container in engine.containers {
                names.formUnion([container.name, container.service ?? ""])
                names.formUnion(container.mounts.flatMap { [$0.source, $0.destination] })
                names.insert(container.inspect["Config"]["Hostname"].string ?? "")
            }
        }
        return names
    }

    /// The document with other archives in the place of its own.
    func replacingArchives(_ replacement: (DataArchive) -> DataArchive) -> EnvironmentDocument {
        var document = self
        for index in document.trees.indices { document.trees[index].data = replacement(document.trees[index].data) }
        document.engine.replaceArchives(replacement)
        return document
    }
}

extension EngineRecord {
    fileprivate mutating func replaceArchives(_ replacement: (DataArchive) -> DataArchive) {
        for index in volumes.indices { volumes[index].data = volumes[index].data.map(replacement) }
        for index in containers.indices {
            containers[index].layer = containers[index].layer.map(replacement)
            containers[index].memory = containers[index].memory.mapValues(replacement)
            containers[index].engine?.replaceArchives(replacement)
        }
    }

    /// Puts other answers archives in the place of its own, at all depths.
    mutating func replaceAnswers(_ replacements: [Digest: Digest]) {
        rawAnswers = rawAnswers.map { replacements[$0] ?? $0 }
        for index in containers.indices { containers[index].engine?.replaceAnswers(replacements) }
    }
}
