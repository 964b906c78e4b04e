// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel

/// What is left out of the writable layer of a host.
public enum HostLayer {
    /// The paths that are kept as empty folders; none for a container that is no host.
    ///
    /// What an engine leaves in `/run` names processes that are gone: with the pid file of an engine that was process 1
    /// the next one never starts (docker-library/docker issue 104). The data-roots are rebuilt through their engine.
    public static func exclusions(of container: ContainerRecord) -> [Exclusion] {
        guard let engine = container.engine else { return [] }
        return exclusions(dataRoot: engine.dataRoot)
    }

    /// The same for a host whose engine keeps its data in a folder.
    public static func exclusions(dataRoot: String) -> [Exclusion] {
        ["run", "var/run", String(dataRoot.dropFirst()), "var/lib/containerd"].map {
            Exclusion(path: $0, keepsFolder: true)
        }
    }
}
