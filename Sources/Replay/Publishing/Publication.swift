// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
public import JSONTree

/// A port of a container inside a replay that is to be reached from the engine's machine.
public struct Publication: Sendable, Equatable {
    /// The container, as `foo-host-corge/foo-app`.
    public let container: String
    /// Its TCP port.
    public let port: UInt16
    /// The port at 127.0.0.1 of the engine's machine.
    public let localPort: UInt16

    /// Reads `HOST/CONTAINER:PORT=LOCALPORT`; nil where it is none.
    public init?(parsing text: String) {
        guard let equals = text.lastIndex(of: "="), let colon = text[..<equals].lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)..<equals]),
            let localPort = UInt16(text[text.index(after: equals)...])
        else { return nil }
        self.init(container: String(text[..<colon]), port: port, localPort: localPort)
    }

    private init?(container: String, port: UInt16, localPort: UInt16) {
        let names = container.split(separator: "/", omittingEmptySubsequences: false)
        guard port > 0, localPort > 0, !names.contains("") else { return nil }
        (self.container, self.port, self.localPort) = (container, port, localPort)
    }

    /// Reads what a replay's record notes.
    init?(json: JSONValue) {
        guard let container = json["container"].string, let port = json["port"].int.flatMap({ UInt16(exactly: $0) }),
            let localPort = json["localPort"].int.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        self.init(container: container, port: port, localPort: localPort)
    }

    /// The publication as `replay` shows it with `--json`.
    public var json: JSONValue {
        ["container": .string(container), "port": .int(port), "localPort": .int(localPort)]
    }

    /// The names on the way to the container.
    var names: [String] { ProbeRequest.names(in: container) }
}

extension [Publication] {
    /// Which port of the capsule each of them takes: one that nothing in the environment is published at.
    func capsulePorts(avoiding environment: EngineRecord) -> [UInt16] {
        let taken = Set(environment.enginesWithPaths().flatMap { $0.engine.publishedPorts })
        let candidates: ClosedRange<UInt16> = 61_000...65_535
        return [UInt16](candidates.lazy.filter { !taken.contains($0) }.prefix(count))
    }
}

extension EngineRecord {
    /// The ports of the engine's machine that its containers are published at.
    fileprivate var publishedPorts: [UInt16] {
        containers.flatMap { container in
            (container.inspect["NetworkSettings"]["Ports"].object?.members ?? []).flatMap { port in
                (port.value.array ?? []).compactMap { $0["HostPort"].string.flatMap { UInt16($0) } }
            }
        }
    }
}
