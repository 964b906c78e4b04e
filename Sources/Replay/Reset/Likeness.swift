// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Whether what was made from one snapshot is what another one asks for, so that it can stay when the one replaces the
/// other.
extension EngineRecord {
    /// Whether there is the same volume, which can be brought to what the other one holds.
    func hasLike(_ volume: VolumeRecord) -> Bool {
        // Where nothing is to be restored, what is there would stay.
        volumes.contains { $0.inspect == volume.inspect && ($0.data == nil) == (volume.data == nil) }
    }

    /// Whether there is the same container, which differs in its state and its files at most.
    func hasLike(_ container: ContainerRecord, of other: EngineRecord) -> Bool {
        guard let mine = containers.first(where: { $0.name == container.name }),
            mine.plain == container.plain, (mine.layer == nil) == (container.layer == nil),
            (mine.engine == nil) == (container.engine == nil)
        else { return false }
        // Below an engine that runs no file is replaced.
        if container.engine != nil, mine.layer != container.layer || mine.memory != container.memory { return false }
        let anonymous = other.volumes.filter { volume in
            volume.isAnonymous && container.mounts.contains { $0.name == volume.name }
        }
        return anonymous.allSatisfy(hasLike)
    }
}

extension ContainerRecord {
    /// The container without its state, its files and what is inside it.
    fileprivate var plain: ContainerRecord {
        var plain = self
        if case .object(var object) = inspect {
            object["State"] = nil
            plain.inspect = .object(object)
        }
        plain.layer = nil
        plain.memory = [:]
        plain.engine = nil
        return plain
    }
}
