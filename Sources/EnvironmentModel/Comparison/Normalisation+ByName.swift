// SPDX-License-Identifier: Apache-2.0
import JSONTree

extension Normalisation {
    /// A container's inspect answer with named lists as maps and each fact once, under the field's own name.
    func byName(_ inspect: JSONValue, of container: ContainerRecord) -> JSONValue {
        guard case .object(var object) = inspect else { return inspect }
        object["State"] = .string(container.stateText)
        object["Mounts"] = keyed(object["Mounts"]?.array ?? []) { $0["Destination"].string }
        object["NetworkSettings"] = networkSettings(object["NetworkSettings"] ?? .null)
        if case .object(var config)? = object["Config"] {
            for list in ["Cmd", "Entrypoint"] where config[list]?.isEmpty == false {
                config[list] = .string(config[list]?.canonicalText ?? "")
            }
            config["Env"] = environment(config["Env"]?.strings ?? [])
            // Where none was asked for, the engine takes the container's own short id, and a replay the captured one's.
            if let name = config["Hostname"]?.string, shortIDs.contains(name) { config["Hostname"] = "<own short id>" }
            object["Config"] = .object(config)
        }
        // What was asked to be bound shows in the mounts; compose 1 asks for more when it makes a container anew.
        if case .object(var host)? = object["HostConfig"] {
            host["Binds"] = nil
            object["HostConfig"] = .object(host)
        }
        return .object(object)
    }

    private func environment(_ entries: [String]) -> JSONValue {
        var variables = JSONObject()
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            variables[String(parts[0])] = .string(parts.count > 1 ? String(parts[1]) : "")
        }
        return .object(variables)
    }

    private func keyed(_ elements: [JSONValue], by key: (JSONValue) -> String?) -> JSONValue {
        var map = JSONObject()
        for element in elements {
            if let key = key(element) { map[key] = element }
        }
        return .object(map)
    }

    /// Of an endpoint what is its own: the rest is the network's, or stands for a new id.
    private func networkSettings(_ settings: JSONValue) -> JSONValue {
        let kept = [
            "IPAddress", "GlobalIPv6Address", "MacAddress", "Aliases", "Links", "IPAMConfig", "DriverOpts",
            "GwPriority",
        ]
        var networks = JSONObject()
        for member in settings["Networks"].object?.members ?? [] {
            networks[member.key] = .object(
                JSONObject(Dictionary(uniqueKeysWithValues: kept.map { ($0, member.value[$0]) })))
        }
        var ports = JSONObject()
        for member in settings["Ports"].object?.members ?? [] {
            let bindings = (member.value.array ?? []).map { binding in
                "\(binding["HostIp"].string ?? ""):\(binding["HostPort"].string ?? "")"
            }
            if !bindings.isEmpty { ports[member.key] = .string(bindings.sorted().joined(separator: ", ")) }
        }
        return ["Networks": .object(networks), "Ports": .object(ports)]
    }
}
