// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel
public import JSONTree

/// Finds the writable layers of an engine's containers: the upper folders of their overlays.
public struct WritableLayers {
    private let paths: PathMap
    private let containerd: ContainerdFiles?

    /// The layers of the engine that says this of itself.
    public init(info: JSONValue, paths: PathMap, access: any DataAccess) {
        self.paths = paths
        let dataRoot = info["DockerRootDir"].string ?? "/var/lib/docker"
        containerd = ContainerdFiles(info: info, dataRoot: dataRoot, paths: paths, access: access)
    }

    /// Where a container's layer lies on the outermost machine; nil for another storage driver than overlay's.
    public func path(of container: ContainerRecord) async throws -> String? {
        if let containerd { return try await containerd.writableLayer(of: container.id) }
        let driver = container.inspect["GraphDriver"]
        guard driver["Name"].string == "overlay2" else { return nil }
        return driver["Data"]["UpperDir"].string.flatMap(paths.resolve)
    }
}
