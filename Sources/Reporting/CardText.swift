// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// What is written on the card of a container.
struct CardText {
    let name: String
    /// `up`, `down` or `ill`.
    let condition: String
    /// Its addresses, each with its network.
    let addresses: [(network: String, text: String)]
    /// State, image, ports and mounts, a line each.
    let facts: [String]

    init(_ container: ContainerRecord, of engine: EngineRecord, hosts: [ContainerRecord]) {
        name = (container.engine == nil ? "" : "host ") + engine.callName(of: container)
        let failed = container.status == "exited" && container.inspect["State"]["ExitCode"].int != 0
        condition = failed || container.health == "unhealthy" ? "ill" : container.isUp ? "up" : "down"
        addresses = container.attachments.flatMap { attachment in
            let texts = attachment.addresses.isEmpty ? ["no address"] : attachment.addresses
            return texts.map { (network: attachment.network, text: "\($0)  \(attachment.network)") }
        }
        let mounts = container.mounts.map { mount in
            let origins = mount.type == "bind" ? ContainerRecord.origins(of: mount.source, through: hosts) : []
            let mode = mount.isWritable ? "" : " (read-only)"
            return ([mount.destination, MountText.source(mount)] + origins).joined(separator: " ← ") + mode
        }
        let ports =
            container.publishedPorts.isEmpty
            ? [] : ["ports " + container.publishedPorts.joined(separator: ", ")]
        facts = [container.stateText, "image \(container.inspect["Config"]["Image"].string ?? "")"] + ports + mounts
    }
}
