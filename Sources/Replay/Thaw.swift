// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import JSONTree

/// Sets going what is paused inside a host that is about to be removed.
enum Thaw {
    /// Unpauses what is paused inside a container, at any depth; what fails there does not stop the removal.
    static func all(inside host: String, on engine: Engine) async {
        guard let inner = try? await engine.nested(inContainer: host) else { return }
        let containers = (try? await inner.listContainers())?.value.array ?? []
        for container in containers {
            guard let id = container["Id"].string else { continue }
            if container["State"] == "paused" { try? await inner.unpauseContainer(id) }
            let inspect = try? await inner.inspectContainer(id).value
            if inspect?["HostConfig"]["Privileged"].bool == true { await all(inside: id, on: inner) }
        }
        await inner.close()
    }
}
