// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree

/// A host of the outer compose project.
struct ProjectHost: Sendable {
    /// How it is called: by its service, or by its container where that has several.
    let name: String
    var container: ContainerRecord
    /// The hosts' services that its own service depends on in the outer compose file.
    let dependencies: [String]
    var project: NestedProject?

    /// Its addresses on the networks of the outer engine, those that were asked for among them.
    var addresses: Set<String> {
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.members.map(\.value) ?? []
        let found = networks.flatMap { network in
            [
                network["IPAddress"], network["GlobalIPv6Address"], network["IPAMConfig"]["IPv4Address"],
                network["IPAMConfig"]["IPv6Address"],
            ].compactMap(\.string)
        }
        return Set(found.filter { !$0.isEmpty })
    }

    /// The names under which others on its networks find it.
    var names: Set<String> {
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.members.map(\.value) ?? []
        let hostname = container.inspect["Config"]["Hostname"].string
        let names = networks.flatMap { $0["Aliases"].strings } + [name, container.name] + [hostname].compactMap(\.self)
        return Set(names.filter { !$0.isEmpty })
    }
}
