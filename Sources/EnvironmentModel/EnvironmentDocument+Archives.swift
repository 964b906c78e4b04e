// SPDX-License-Identifier: Apache-2.0

extension EnvironmentDocument {
    /// All data archives with what they hold: folders, volumes, writable layers and memory file systems, each under a name
    /// that means the same in another capture.
    public var archives: [(subject: ComparedObject, data: DataArchive)] {
        trees.map { (ComparedObject(.folder, .outermost, $0.path), $0.data) }
            + engine.enginesWithPaths().flatMap { Self.archives(of: $0.engine, at: $0.path) }
    }

    private static func archives(
        of engine: EngineRecord, at path: EnginePath
    ) -> [(subject: ComparedObject, data: DataArchive)] {
        let identities = IdentityMap(engine)
        var archives = engine.volumes.compactMap { volume in
            volume.data.map { (subject: ComparedObject(.volume, path, identities.name(of: volume.name)), data: $0) }
        }
        for container in engine.containers {
            let name = engine.callName(of: container)
            if let layer = container.layer {
                let isHost = container.engine != nil
                archives.append((ComparedObject(.layer, path, name, isHost: isHost), layer))
            }
            for (place, data) in container.memory.sorted(by: { $0.key < $1.key }) {
                archives.append((ComparedObject(.memory, path, "\(name): \(place)"), data))
            }
        }
        return archives
    }
}
