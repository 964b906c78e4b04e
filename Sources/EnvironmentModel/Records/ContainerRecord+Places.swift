// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension ContainerRecord {
    /// One network that a container is on.
    public struct Attachment: Sendable, Equatable {
        /// The network's name.
        public let network: String
        /// Its addresses there, IPv4 first; none where it does not run.
        public let addresses: [String]
    }

    /// The networks it is on, by name.
    public var attachments: [Attachment] {
        (inspect["NetworkSettings"]["Networks"].object?.sorted ?? []).map { member in
            let addresses = [member.value["IPAddress"].string, member.value["GlobalIPv6Address"].string]
            return Attachment(network: member.key, addresses: addresses.compactMap { $0 }.filter { !$0.isEmpty })
        }
    }

    /// Its published ports, as `8080→80/tcp`.
    public var publishedPorts: [String] {
        let ports = inspect["NetworkSettings"]["Ports"].object?.sorted ?? []
        return ports.flatMap { port in
            Set((port.value.array ?? []).compactMap { $0["HostPort"].string }).sorted().map { "\($0)→\(port.key)" }
        }
    }

    /// The paths behind a bind source of an engine inside hosts: on each level outward where a mount of the host leads on.
    ///
    /// - Parameters:
    ///   - source: The path in the innermost host.
    ///   - hosts: The hosts to pass through, the innermost first.
    public static func origins(of source: String, through hosts: [ContainerRecord]) -> [String] {
        var path = source
        var origins: [String] = []
        for host in hosts {
            let mounts = host.mounts.filter { mount in
                mount.type == "bind" && (path == mount.destination || path.hasPrefix(mount.destination + "/"))
            }
            guard let mount = mounts.max(by: { $0.destination.utf8.count < $1.destination.utf8.count }) else { break }
            path = mount.source + path.dropFirst(mount.destination.count)
            origins.append(path)
        }
        return origins
    }
}
