// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Steps

/// Leads ports of a capsule on to containers inside it, through the network namespace of every host on the way.
///
/// The engine publishes the capsule's port at 127.0.0.1. In the capsule and in each host its own `iptables`, which the
/// engine there needs as well, rewrites the destination; so it lasts as long as the capsule does, and goes with it
/// (decision 27).
struct PortForwarding: Sendable {
    /// The engine that the replay was made on.
    let outer: Engine
    let capsule: String
    /// What runs in the capsule.
    let found: ObservedEngine
    let report: StepReport

    /// One namespace in which a destination is rewritten.
    private struct Step {
        let engine: Engine
        let container: String
        let name: String
        let target: Target
    }

    /// Where a packet goes next.
    enum Target: Equatable {
        /// To another address.
        case address(String, port: UInt16)
        /// To a process in this namespace.
        case here(port: UInt16)
    }

    /// - Throws: `ReplayError` where a container has no address, or a host no `iptables`.
    func forward(_ publications: [Publication], from capsulePorts: [UInt16]) async throws {
        for (publication, port) in zip(publications, capsulePorts) {
            report("publishing \(publication.container):\(publication.port)")
            for step in try steps(to: publication, over: port) { try await set(step, port) }
        }
    }

    private func steps(to publication: Publication, over port: UInt16) throws -> [Step] {
        var steps: [Step] = []
        var (engine, container, name) = (outer, capsule, "the capsule")
        let names = publication.names
        for depth in 1...names.count {
            let place = try found.locate(names.prefix(depth).joined(separator: "/"))
            let next = depth == names.count ? publication.port : port
            let neighbours = try neighbours(of: names.dropLast(names.count - depth + 1))
            let target = try Self.target(place.container, among: neighbours, port: next, named: place.name)
            steps.append(Step(engine: engine, container: container, name: name, target: target))
            (engine, container, name) = (place.engine, place.container.id, place.name)
        }
        return steps
    }

    /// All containers of the engine inside the hosts of these names.
    private func neighbours(of hosts: ArraySlice<String>) throws -> [ContainerRecord] {
        guard !hosts.isEmpty else { return found.record.containers }
        let host = try found.locate(hosts.joined(separator: "/")).container.id
        return found.all.first { $0.hostIDs.last == host }?.record.containers ?? []
    }

    /// Where a container is reached from the namespace of its engine.
    static func target(
        _ container: ContainerRecord, among neighbours: [ContainerRecord], port: UInt16, named name: String
    ) throws -> Target {
        let mode = container.inspect["HostConfig"]["NetworkMode"].string ?? ""
        if mode == "host" { return .here(port: port) }
        var owner = container
        if mode.hasPrefix("container:") {
            let id = mode.dropFirst("container:".count)
            owner = neighbours.first { $0.id == id || $0.name == id } ?? container
        }
        let networks = owner.inspect["NetworkSettings"]["Networks"].object?.members ?? []
        let addresses = networks.compactMap { $0.value["IPAddress"].string }.filter { !$0.isEmpty }
        guard let address = addresses.first else {
            throw ReplayError(
                .failed,
                "a port of \(name) cannot be published: it has no IPv4 address, as it is \(container.stateText)",
                hint: "envsnap exec runs a command in it instead")
        }
        return .address(address, port: port)
    }

    private func set(_ step: Step, _ port: UInt16) async throws {
        let options = ExecOptions(user: "0", privileged: true)
        let command = ["sh", "-c", Self.rules(for: step.target, port).joined(separator: " && ")]
        let result: ExecResult
        do {
            result = try await step.engine.run(inContainer: step.container, command: command, options: options)
        } catch let error as EngineError {
            throw Self.failure(step.name, cause: error)
        }
        guard result.exitCode == 0 else { throw Self.failure(step.name, result.errorOutput + result.output) }
    }

    /// The commands that set the rules, each unless it is set: a reset comes here again.
    static func rules(for target: Target, _ port: UInt16) -> [String] {
        func rule(_ table: String, _ chain: String, _ text: String) -> String {
            "{ iptables -w -t \(table) -C \(chain) \(text) 2>/dev/null || iptables -w -t \(table) -I \(chain) \(text); }"
        }
        let incoming = "-p tcp --dport \(port)"
        switch target {
        case .here(let next): return [rule("nat", "PREROUTING", "\(incoming) -j REDIRECT --to-ports \(next)")]
        case .address(let address, let next):
            let translated = "-p tcp -d \(address) --dport \(next) -m conntrack --ctstate DNAT"
            return [
                rule("nat", "PREROUTING", "\(incoming) -j DNAT --to-destination \(address):\(next)"),
                // Who answers need not have a way back.
                rule("nat", "POSTROUTING", "\(translated) -j MASQUERADE"),
                // Before the engine's own rules, which keep networks apart.
                rule("filter", "FORWARD", "\(translated) -j ACCEPT"),
            ]
        }
    }

    private static func failure(_ name: String, _ words: String = "", cause: (any Error)? = nil) -> ReplayError {
        let words = words.split(whereSeparator: \.isNewline).joined(separator: " ").prefix(300)
        return ReplayError(
            .failed, "a port cannot be published through \(name)" + (words.isEmpty ? "" : ": \(words)"),
            hint: "it needs iptables there; replay without --publish", cause: cause)
    }
}
