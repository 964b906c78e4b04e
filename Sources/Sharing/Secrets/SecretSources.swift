// SPDX-License-Identifier: Apache-2.0

import Archive
import EnvironmentModel

/// Files that are a secret as a whole, because they are mounted below `/run/secrets` of some container.
struct SecretSources: Sendable {
    /// Their paths on the outermost machine, and folders of them.
    let paths: Set<String>

    init(paths: Set<String>) { self.paths = paths }

    init(of document: EnvironmentDocument) {
        var paths: Set<String> = []
        func walk(_ engine: EngineRecord, through hosts: [ContainerRecord]) {
            for container in engine.containers {
                for mount in container.mounts where mount.destination.hasPrefix("/run/secrets") && mount.type == "bind"
                {
                    paths.insert(mount.source)
                    paths.formUnion(ContainerRecord.origins(of: mount.source, through: hosts))
                }
                if let inner = container.engine { walk(inner, through: [container] + hosts) }
            }
        }
        walk(document.engine, through: [])
        self.paths = paths
    }

    /// Whether a file of an archive is one.
    func contains(_ archive: DistinctArchive, _ entry: ArchiveEntry) -> Bool {
        if archive.isSecret { return true }
        guard let root = archive.root, !paths.isEmpty else { return false }
        let path = entry.path == [UInt8(ascii: ".")] ? root : "\(root)/\(String(decoding: entry.path, as: UTF8.self))"
        return paths.contains(path) || paths.contains { path.hasPrefix($0 + "/") }
    }
}
