// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// Brings inspect answers into the form in which they are compared.
struct Normalisation {
    let identities: IdentityMap
    /// Short ids of both containers: engines before API 1.45 add the own one to the aliases.
    let shortIDs: Set<String>
    var purpose = ComparisonPurpose.verdict

    func container(_ container: ContainerRecord) -> JSONValue {
        let inspect = inOrder(container)
        return purpose.isByName ? byName(inspect, of: container) : inspect
    }

    /// The inspect answer with ids replaced by names, in one order.
    func inOrder(_ container: ContainerRecord) -> JSONValue {
        guard case .object(var inspect) = identities.replacingIDs(in: container.inspect) else { return .null }
        // What was given with a container is kept byte for byte: an id in a label is no longer one on another engine.
        if case .object(var config) = container.inspect["Config"] {
            config["Image"] = inspect["Config"]?["Image"]
            inspect["Config"] = .object(config)
        }
        inspect["Mounts"] = .array(mounts(inspect["Mounts"]?.array ?? []))
        inspect["NetworkSettings"] = networkSettings(inspect["NetworkSettings"] ?? .null, isUp: container.isUp)
        inspect["Id"] = .string(container.id)
        // Engines keep links in a map: they come in another order each time.
        if case .object(var host)? = inspect["HostConfig"], let links = host["Links"]?.array {
            host["Links"] = .array(links.sorted { $0.canonicalText < $1.canonicalText })
            inspect["HostConfig"] = .object(host)
        }
        // In the machine's UTS namespace no name can be asked for: the engine notes the container's own short id.
        if inspect["HostConfig"]?["UTSMode"] == "host", case .object(var config)? = inspect["Config"],
            let name = config["Hostname"]?.string, shortIDs.contains(name)
        {
            config["Hostname"] = "<own short id>"
            inspect["Config"] = .object(config)
        }
        if let health = container.health, case .object(var state)? = inspect["State"],
            case .object(var shown)? = state["Health"]
        {
            shown["Status"] = .string(health)
            state["Health"] = .object(shown)
            inspect["State"] = .object(state)
        }
        return .object(inspect)
    }

    func network(_ network: NetworkRecord) -> JSONValue {
        guard case .object(var inspect) = network.inspect else { return .null }
        var members = JSONObject()
        // On a network that every engine has there may be containers that are no part of the environment.
        for member in inspect["Containers"]?.object?.members ?? [] where identities.isKnown(member.key) {
            members[identities.name(of: member.key)] = member.value
        }
        // By name each container says it itself.
        inspect["Containers"] = purpose.isByName ? nil : .object(members)
        if case .object(var ipam)? = inspect["IPAM"] {
            ipam["Config"] = .array((ipam["Config"]?.array ?? []).sorted { $0.canonicalText < $1.canonicalText })
            inspect["IPAM"] = .object(ipam)
        }
        return .object(inspect)
    }

    private func mounts(_ mounts: [JSONValue]) -> [JSONValue] {
        mounts.sorted { ($0["Destination"].string ?? "") < ($1["Destination"].string ?? "") }.map { mount in
            // A volume's source is a path in the engine's data-root.
            guard mount["Type"].string == "volume", case .object(var object) = mount else { return mount }
            object["Source"] = nil
            return .object(object)
        }
    }

    private func networkSettings(_ settings: JSONValue, isUp: Bool) -> JSONValue {
        guard case .object(var object) = settings else { return settings }
        var networks = JSONObject()
        for member in object["Networks"]?.object?.members ?? [] {
            guard case .object(var endpoint) = member.value else { continue }
            let aliases = endpoint["Aliases"]?.array ?? []
            endpoint["Aliases"] = .array(aliases.filter { !shortIDs.contains($0.string ?? "") })
            if let names = endpoint["DNSNames"]?.array {
                endpoint["DNSNames"] = .array(names.filter { !shortIDs.contains($0.string ?? "") })
            }
            networks[member.key] = .object(endpoint)
        }
        object["Networks"] = .object(networks)
        return .object(object)
    }
}
