// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import LiveEnvironment

/// What a container that is stopped has written to its log, in the two kinds of log that lie in files of the engine.
struct ContainerLog: Sendable {
    let container: ContainerRecord
    let paths: PathMap
    let access: any DataAccess

    /// Removes it with the parts that were set aside; the engine begins a new one at the next start.
    func remove() async throws {
        switch container.inspect["HostConfig"]["LogConfig"]["Type"].string {
        case "json-file":
            guard let path = container.inspect["LogPath"].string.flatMap(paths.resolve), let folder = path.folder else {
                return
            }
            for name in try await access.names(in: folder) where folder.appendingPath(name).hasPrefix(path) {
                try await access.remove(folder.appendingPath(name))
            }
        case "local":
            // Its place is not told; it lies beside other files of the container (moby's `daemon/logs.go`).
            guard let path = container.inspect["ResolvConfPath"].string.flatMap(paths.resolve),
                let folder = path.folder, try await access.kind(of: "\(folder)/local-logs") != nil
            else { return }
            try await access.remove("\(folder)/local-logs")
        default: return
        }
    }
}

extension String {
    /// The path of the folder that a path lies in; nil for one without.
    fileprivate var folder: String? {
        lastIndex(of: "/").flatMap { $0 > startIndex ? String(self[..<$0]) : nil }
    }
}
