// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// How a container with several networks gets its interfaces in the order that was captured.
///
/// Engines up to 27 number the interfaces in the order of the networks' names where they are joined before the start,
/// and in the order of the requests where they are joined after it. Later engines number at random, and take the names
/// and the default route from the request (moby issue 49935, API 1.48).
struct InterfaceOrder {
    let container: ContainerRecord
    let primary: String?
    let context: RecipeContext

    /// The networks that have to be joined after the start, in this order; none where the engine's own order does.
    var joinedAfterStart: [String] {
        guard !context.hasRandomAddresses else { return [] }
        let order = capturedOrder
        var before = order.prefix(1)
        for name in order.dropFirst() {
            guard let last = before.last, last.utf8.lexicographicallyPrecedes(name.utf8) else { break }
            before.append(name)
        }
        // The network that the container is made with cannot be joined later.
        guard let primary, before.contains(primary) else { return [] }
        return Array(order.dropFirst(before.count))
    }

    /// Names the interface and says whether the default route leaves by it, where the engine takes that.
    func pin(_ network: String, in endpoint: inout JSONObject) {
        guard context.hasRandomAddresses,
            let interface = container.interfaces.first(where: { container.network(behind: $0) == network })
        else { return }
        var options = endpoint["DriverOpts"]?.object ?? JSONObject()
        options["com.docker.network.endpoint.ifname"] = .string(interface.name)
        endpoint["DriverOpts"] = .object(options)
        endpoint["GwPriority"] = interface.hasDefaultRoute ? 1 : 0
    }

    /// Adds the kernel settings of the interface behind a network, where the engine takes them with the endpoint.
    func addSettings(of network: String, to endpoint: inout JSONObject) {
        guard context.targetAPIMinor >= 48 else { return }
        let sysctls = container.inspect["HostConfig"]["Sysctls"].object?.sorted ?? []
        let settings = sysctls.compactMap { member -> String? in
            guard let setting = InterfaceSysctl(member.key), let value = member.value.string,
                setting.interface == interface(to: network)
            else { return nil }
            return "\(setting.generalName)=\(value)"
        }
        guard !settings.isEmpty else { return }
        var options = endpoint["DriverOpts"]?.object ?? JSONObject()
        options["com.docker.network.endpoint.sysctls"] = .string(settings.joined(separator: ","))
        endpoint["DriverOpts"] = .object(options)
    }

    /// A container with one network has it at `eth0`.
    private func interface(to network: String) -> String? {
        guard container.interfaces.isEmpty else {
            return container.interfaces.first { container.network(behind: $0) == network }?.name
        }
        return network == primary ? "eth0" : nil
    }

    /// The networks in the order of their interfaces: `eth2` before `eth10`.
    private var capturedOrder: [String] {
        let interfaces = container.interfaces.sorted {
            ($0.name.utf8.count, $0.name) < ($1.name.utf8.count, $1.name)
        }
        return interfaces.compactMap(container.network(behind:))
    }
}
