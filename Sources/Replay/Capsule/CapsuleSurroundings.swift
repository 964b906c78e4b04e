// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree

/// What containers of the outermost engine need of its machine, and what a capsule does not have by itself.
struct CapsuleSurroundings: Sendable {
    let engine: Engine
    let capsule: String
    let captured: EngineRecord

    /// Makes it; what cannot be made shows when the container or network that needs it is made.
    func prepare() async throws {
        if needsSharedMounts { try await run("mount --make-rshared /") }
        for parent in parentInterfaces {
            // macvlan and ipvlan networks hang on an interface of the machine, here on one without a wire.
            try await run(#"ip link show "$0" || { ip link add "$0" type dummy && ip link set "$0" up; }"#, parent)
        }
    }

    /// Propagation is refused where the source's mount is private, as a container's mounts are (mount_namespaces(7)).
    private var needsSharedMounts: Bool {
        captured.containers.flatMap { $0.inspect["Mounts"].array ?? [] }
            .contains { ["shared", "rshared", "slave", "rslave"].contains($0["Propagation"].string) }
    }

    private var parentInterfaces: [String] {
        let parents = captured.networks.filter { ["macvlan", "ipvlan"].contains($0.inspect["Driver"].string) }
            .compactMap { $0.inspect["Options"]["parent"].string }
        // The engine itself makes the interface of a VLAN, as eth0.10, and one of its own where none is named.
        return Set(parents.map { String($0.prefix { $0 != "." }) }.filter { !$0.isEmpty }).sorted()
    }

    private func run(_ script: String, _ argument: String = "sh") async throws {
        _ = try await engine.run(inContainer: capsule, command: ["sh", "-c", script, argument])
    }
}
