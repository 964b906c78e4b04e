// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Asks for the host ports that were observed where the engine had chosen them.
struct PortPinning {
    let container: ContainerRecord

    /// `PortBindings` for ports that were published because all were to be, with what the engine chose for them.
    func addingPublished(to bindings: JSONValue) -> JSONValue {
        guard container.inspect["HostConfig"]["PublishAllPorts"].bool == true else { return bindings }
        var pinned = bindings.object ?? JSONObject()
        for port in container.inspect["NetworkSettings"]["Ports"].object?.members ?? [] where pinned[port.key] == nil {
            var chosen: [JSONValue] = []
            for number in (port.value.array ?? []).map({ $0["HostPort"] }) where !number.isEmpty {
                let binding: JSONValue = ["HostIp": "", "HostPort": number]
                // The same port is shown once for IPv4 and once for IPv6.
                if !chosen.contains(binding) { chosen.append(binding) }
            }
            if !chosen.isEmpty { pinned[port.key] = .array(chosen) }
        }
        return .object(pinned)
    }

    /// `PortBindings` with each port that was left to the engine replaced by the one it chose.
    func pinning(_ bindings: JSONValue) -> JSONValue {
        guard case .object(let ports) = bindings else { return bindings }
        var pinned = JSONObject()
        for port in ports.members {
            let observed = container.inspect["NetworkSettings"]["Ports"][port.key].array ?? []
            pinned[port.key] = .array((port.value.array ?? []).map { pin($0, observed) })
        }
        return .object(pinned)
    }

    private func pin(_ binding: JSONValue, _ observed: [JSONValue]) -> JSONValue {
        let asked = binding["HostPort"].string ?? ""
        guard asked.isEmpty || asked == "0" || asked.contains("-"), case .object(var object) = binding else {
            return binding
        }
        let address = binding["HostIp"].string ?? ""
        let match = observed.first { address.isEmpty || $0["HostIp"].string == address }
        if let port = match?["HostPort"].string { object["HostPort"] = .string(port) }
        return .object(object)
    }
}
