// SPDX-License-Identifier: Apache-2.0
public import ContentStore
import Glibc
import SystemPackage

/// What a store keeps for replays, beside their records.
extension SnapshotLibrary {
    /// What tells this store from others on what its replays make: the machine's name and the folder.
    public var mark: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return store.root.string }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) + ":"
            + store.root.string
    }

    /// Locks a replay by its name: exclusively to make, reset or remove it, shared to look at it.
    public func lockReplay(_ name: String, _ mode: StoreLock.Mode) throws -> NameLock {
        try store.lock(name: name, mode, subject: "the replay \(name)", patience: patience)
    }

    /// Whether a process is at work on a replay.
    public func isAtWork(onReplay name: String) throws -> Bool { try store.isLocked(name: name) }

    /// Whether a replay without a capsule has, or had, its files here.
    public func hasFiles(ofReplay name: String) -> Bool {
        guard let component = FilePath.Component(name), component.kind == .regular else { return false }
        var status = stat()
        return replaysFolder.appending(component).withPlatformString { lstat($0, &status) } == 0
    }
}
