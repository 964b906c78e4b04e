// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Asks for the host ports that were observed where the engine had chosen them.
struct PortPinning {
    let container: ContainerRecord

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
