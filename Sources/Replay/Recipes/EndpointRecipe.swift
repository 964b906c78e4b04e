// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The endpoints of a container on its networks, with the addresses that were observed.
struct EndpointRecipe {
    let container: ContainerRecord
    let context: RecipeContext

    /// An endpoint that is connected by a request of its own.
    struct Connection: Sendable, Equatable {
        let network: String
        let endpoint: JSONValue
    }

    /// `EndpointsConfig` for the creation: all endpoints from API 1.44 on, only the first network's before.
    var atCreation: JSONValue? {
        let endpoints = joinedBeforeStart
        let chosen = context.targetAPIMinor >= 44 ? endpoints : endpoints.filter { $0.name == primaryNetwork }
        guard !chosen.isEmpty else { return nil }
        var config = JSONObject()
        for endpoint in chosen { config[endpoint.name] = self.config(of: endpoint.settings, on: endpoint.name) }
        return .object(config)
    }

    /// The endpoints that have to be connected between creation and start.
    var afterCreation: [Connection] {
        guard context.targetAPIMinor < 44 else { return [] }
        return joinedBeforeStart.filter { $0.name != primaryNetwork }.map(connection)
    }

    /// The endpoints that have to be connected after the start, in this order.
    var afterStart: [Connection] {
        let late = InterfaceOrder(container: container, primary: primaryNetwork, context: context).joinedAfterStart
        return late.compactMap { name in configurable.first { $0.name == name } }.map(connection)
    }

    private var joinedBeforeStart: [(name: String, settings: JSONValue)] {
        let late = InterfaceOrder(container: container, primary: primaryNetwork, context: context).joinedAfterStart
        return configurable.filter { !late.contains($0.name) }
    }

    private func connection(_ endpoint: (name: String, settings: JSONValue)) -> Connection {
        Connection(network: endpoint.name, endpoint: config(of: endpoint.settings, on: endpoint.name))
    }

    private var primaryNetwork: String? {
        let mode = container.inspect["HostConfig"]["NetworkMode"].string ?? "default"
        let name = mode == "default" ? "bridge" : mode
        return context.network(name)?.name ?? name
    }

    private var configurable: [(name: String, settings: JSONValue)] {
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.members ?? []
        return networks.filter { !["host", "none"].contains($0.key) }.map { ($0.key, $0.value) }
    }

    private func config(of settings: JSONValue, on network: String) -> JSONValue {
        var config = JSONObject()
        if network != "bridge" {
            // The default bridge takes neither addresses nor aliases.
            let addresses = addresses(settings)
            if !addresses.isEmpty { config["IPAMConfig"] = .object(addresses) }
            // An alias that is the container's own short id is added by engines before API 1.45 at each start.
            let ownID = String(container.id.prefix(12))
            let aliases = (settings["Aliases"].array ?? []).filter { $0.string != ownID }
            if !aliases.isEmpty { config["Aliases"] = .array(aliases) }
        }
        for key in ["Links", "DriverOpts"] where !settings[key].isEmpty { config[key] = settings[key] }
        let order = InterfaceOrder(container: container, primary: primaryNetwork, context: context)
        order.pin(network, in: &config)
        order.addSettings(of: network, to: &config)
        if context.targetAPIMinor >= 44, let address = pinnedAddress(settings) {
            config["MacAddress"] = .string(address)
        }
        return .object(config)
    }

    /// The MAC address of the network that the container is made with, for engines that know only this one.
    var primaryAddress: String? {
        configurable.first { $0.name == primaryNetwork }.flatMap { pinnedAddress($0.settings) }
    }

    /// The MAC address to ask for; nil where the engine makes the same one from the IP address by itself.
    private func pinnedAddress(_ settings: JSONValue) -> String? {
        guard let address = settings["MacAddress"].string, !address.isEmpty else { return nil }
        let bytes = (settings["IPAddress"].string).flatMap(AddressBlock.parse) ?? []
        let derived = "02:42:" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
        return address == derived && !context.hasRandomAddresses ? nil : address
    }

    private func addresses(_ settings: JSONValue) -> JSONObject {
        var addresses = settings["IPAMConfig"].object ?? JSONObject()
        for (observed, key) in [("IPAddress", "IPv4Address"), ("GlobalIPv6Address", "IPv6Address")] {
            if let address = settings[observed].string, !address.isEmpty { addresses[key] = .string(address) }
        }
        return addresses
    }
}
