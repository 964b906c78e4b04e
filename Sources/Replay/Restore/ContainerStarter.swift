// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import LiveEnvironment
import Snapshots

/// Starts a restored container, and does what can only be done once it runs.
struct ContainerStarter: Sendable {
    let library: SnapshotLibrary
    let access: any DataAccess

    func start(_ container: RestoredContainer) async throws {
        try await container.site.engine.startContainer(container.id)
        for connection in container.lateConnections {
            try await container.site.engine.connectNetwork(
                connection.network, container: container.id, endpoint: connection.endpoint)
        }
        if !container.captured.memory.isEmpty { try await restoreMemory(of: container) }
    }

    /// A tmpfs is there from the start on only, when the program works in it already: what that made anew stays.
    private func restoreMemory(of container: RestoredContainer) async throws {
        let site = container.site
        let inspect = ContainerRecord(inspect: try await site.engine.inspectContainer(container.id).value)
        let processes = ContainerProcess(paths: site.paths, access: access)
        guard let process = try await processes.folder(of: inspect) else { return }
        for (path, data) in container.captured.memory {
            try await DataRestorer(library: library, access: access)
                .restore(data, to: .runningFolderInside(root: "\(process)/root", path: path))
        }
    }
}
