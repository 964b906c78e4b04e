// SPDX-License-Identifier: Apache-2.0
import Capture
import ContentStore
import DockerEngine
import JSONTree
import Snapshots
import SystemPackage
import Terminal

/// Sets containers going again that a capture had paused before it was killed.
struct LeftoverPauses {
    let context: CommandContext
    let library: SnapshotLibrary

    /// Unpauses what dead captures left paused and returns the names of the containers.
    @discardableResult
    func release() async throws -> [String] {
        var released: [String] = []
        for folder in try library.store.deadTransactions() {
            let journal = PauseJournal(folder: folder)
            guard journal.exists else { continue }
            let outermost = try await context.connect()
            for entry in try journal.entries() {
                var engine = outermost
                for host in entry.hosts { engine = try await engine.nested(inContainer: host) }
                do { try await engine.unpauseContainer(entry.container) } catch let error as EngineError
                    where error.code == .notFound || error.code == .conflict || error.code == .engineFailure
                {
                    continue
                }
                let name = try? await engine.inspectContainer(entry.container).value["Name"].string
                released.append(String((name ?? "/" + entry.container.prefix(12)).dropFirst()))
            }
            try journal.remove()
        }
        for container in released {
            context.console.warn(
                "the container \(container) was left paused by a capture that was killed; it runs again")
        }
        return released
    }
}
