// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// The request that makes a captured network again.
///
/// Subnet and gateway are always sent, also where the engine had chosen them: a static address is refused on a network
/// with an automatic subnet (moby issue 20547).
struct NetworkRecipe {
    let network: NetworkRecord
    let targetAPIMinor: Int
    /// Labels that are added to the captured ones.
    var labels: [String: String] = [:]

    /// The body of `POST /networks/create`.
    var body: JSONValue {
        let inspect = network.inspect
        var body = JSONObject()
        body["Name"] = .string(network.name)
        // Engines up to 24 make a second network of the same name without it.
        body["CheckDuplicate"] = true
        for key in ["Driver", "Internal", "Attachable", "Ingress", "EnableIPv6", "Options", "Labels"] {
            if !inspect[key].isNull { body[key] = inspect[key] }
        }
        if !labels.isEmpty { body["Labels"] = ReplayLabels.adding(labels, to: body["Labels"]) }
        if inspect["ConfigOnly"].bool == true { body["ConfigOnly"] = true }
        if let source = inspect["ConfigFrom"]["Network"].string, !source.isEmpty {
            body["ConfigFrom"] = ["Network": .string(source)]
        }
        if targetAPIMinor >= 48, inspect["EnableIPv4"].bool == false { body["EnableIPv4"] = false }
        body["IPAM"] = ipam
        return .object(body)
    }

    private var ipam: JSONValue {
        var ipam = JSONObject()
        ipam["Driver"] = network.inspect["IPAM"]["Driver"].isEmpty ? "default" : network.inspect["IPAM"]["Driver"]
        if !network.inspect["IPAM"]["Options"].isNull { ipam["Options"] = network.inspect["IPAM"]["Options"] }
        ipam["Config"] = .array((network.inspect["IPAM"]["Config"].array ?? []).map(pool))
        return .object(ipam)
    }

    private func pool(_ config: JSONValue) -> JSONValue {
        var pool = JSONObject()
        for key in ["Subnet", "IPRange"] {
            if let block = config[key].string, !block.isEmpty {
                // Engines up to 20.10 took and kept host bits, newer ones refuse them.
                pool[key] = .string(AddressBlock(block)?.masked.description ?? block)
            }
        }
        if let gateway = config["Gateway"].string, !gateway.isEmpty {
            // Some engines print an IPv6 gateway with its prefix length (moby issue 49520) and none accepts it.
            pool["Gateway"] = .string(String(gateway.prefix { $0 != "/" }))
        }
        if !config["AuxiliaryAddresses"].isEmpty { pool["AuxiliaryAddresses"] = config["AuxiliaryAddresses"] }
        return .object(pool)
    }
}
