// SPDX-License-Identifier: Apache-2.0

/// A kernel setting of one interface, as `net.ipv4.conf.eth0.proxy_arp`.
///
/// Engines up to 27 take it with the container; from 28 on it belongs to the endpoint of the network behind the interface
/// (moby pull 47686: `com.docker.network.endpoint.sysctls`).
public struct InterfaceSysctl: Sendable, Equatable {
    /// The interface.
    public let interface: String
    /// The setting with `IFNAME` in the place of the interface.
    public let generalName: String

    /// Reads a setting's name; nil where it is not one of an interface.
    public init?(_ name: String) {
        var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 5, parts[0] == "net", ["ipv4", "ipv6", "mpls"].contains(parts[1]),
            ["conf", "neigh"].contains(parts[2]), !["all", "default", "lo"].contains(parts[3])
        else { return nil }
        interface = parts[3]
        parts[3] = "IFNAME"
        generalName = parts.joined(separator: ".")
    }
}
