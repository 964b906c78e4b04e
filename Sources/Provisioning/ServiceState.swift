// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// A container of a compose project as its engine lists it.
public struct ServiceState: Sendable, Equatable {
    /// What it is doing, as far as bringing it up is concerned.
    public enum Phase: Sendable, Equatable {
        /// It will do something else soon.
        case changing
        /// It runs, and is well as far as anybody can tell; or it did what it had to do.
        case well
        /// It failed.
        case failed
    }

    /// The container's id.
    public let id: String
    /// Its service, or its name where it has none.
    public let service: String
    /// Its name.
    public let container: String
    /// `running`, `running, healthy`, `exited(1)` and the like.
    public let state: String
    /// What it is doing.
    public let phase: Phase
    /// Its published ports, as `8080->80/tcp`.
    public let ports: [String]
    /// Whether it was started only seconds ago, so that it may end any moment.
    let isFresh: Bool

    /// Reads an entry of `GET /containers/json`.
    init(listed entry: JSONValue) {
        id = entry["Id"].string ?? ""
        let name = entry["Names"][0].string ?? ""
        container = name.hasPrefix("/") ? String(name.dropFirst()) : name
        service = entry["Labels"]["com.docker.compose.service"].string ?? container
        ports = Self.ports(entry["Ports"])
        // Only this text tells of health and exit statuses: `Up 2 minutes (healthy)`, `Exited (1) 5 seconds ago`.
        let status = entry["Status"].string ?? ""
        isFresh = status.contains("second")
        let inBrackets = status.split(separator: "(").dropFirst().first?.split(separator: ")").first.map(String.init)
        switch entry["State"].string ?? "" {
        case "running":
            state = inBrackets.map { "running, \($0.replacing("health: ", with: ""))" } ?? "running"
            phase = inBrackets == "health: starting" ? .changing : inBrackets == "unhealthy" ? .failed : .well
        case "exited":
            state = "exited(\(inBrackets ?? "?"))"
            phase = inBrackets == "0" ? .well : .failed
        case "restarting":
            state = "restarting after \(inBrackets ?? "?")"
            phase = .failed
        case "paused":
            state = "paused"
            phase = .well
        case "created":
            state = "created"
            phase = .changing
        case let other:
            state = other
            phase = other == "dead" ? .failed : .changing
        }
    }

    private static func ports(_ value: JSONValue) -> [String] {
        let ports = (value.array ?? []).compactMap { port -> String? in
            guard let publicPort = port["PublicPort"].int, let inner = port["PrivatePort"].int else { return nil }
            return "\(publicPort)->\(inner)/\(port["Type"].string ?? "tcp")"
        }
        // One that is published for IPv4 and for IPv6 is listed twice.
        return Set(ports).sorted()
    }

    /// The state as `--json` shows it.
    public var json: JSONValue {
        [
            "service": .string(service), "container": .string(container), "id": .string(id), "state": .string(state),
            "isWell": .bool(phase == .well), "ports": .array(ports.map(JSONValue.string)),
        ]
    }
}
