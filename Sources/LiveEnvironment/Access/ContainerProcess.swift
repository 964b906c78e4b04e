// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
import JSONTree

/// Finds what a container's first process shows below `/proc`, and makes sure that it is that container's.
///
/// An engine numbers processes as its own PID namespace does. Where that is not the one of this machine, as with an
/// engine in a container whose socket lies outside, the number is another process's or none's.
public struct ContainerProcess {
    private let paths: PathMap
    private let access: any DataAccess

    /// The processes of an engine's containers.
    public init(paths: PathMap, access: any DataAccess) {
        self.paths = paths
        self.access = access
    }

    /// The process's folder below `/proc`; nil where there is none or where it cannot be told to be the container's.
    public func folder(of container: ContainerRecord) async throws -> String? {
        guard !container.id.isEmpty, let folder = paths.process(of: container),
            try await access.kind(of: "\(folder)/cgroup") == .file,
            // A process may end at any time.
            let groups = try? await access.readFile("\(folder)/cgroup")
        else { return nil }
        // Every driver names a container's control group for its id (cgroups(7), `/proc/PID/cgroup`).
        return String(decoding: groups, as: UTF8.self).contains(container.id) ? folder : nil
    }
}
