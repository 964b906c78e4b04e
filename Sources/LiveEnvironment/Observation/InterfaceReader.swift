// SPDX-License-Identifier: Apache-2.0
import DockerEngine
import EnvironmentModel
import JSONTree

/// Reads which interface of a container leads to which network, and by which one the default route leaves.
///
/// No API shows it, and it is not the same at each start where a container has several networks: moby attaches them in
/// the order of their names before a start, in the order of the requests after it, and at random from engine 28 on
/// (moby issues 49935 and 50095).
struct InterfaceReader {
    let engine: Engine
    let access: (any DataAccess)?
    let paths: PathMap

    /// The interfaces; none for a container with less than two networks of its own, or whose network is out of reach.
    func interfaces(of container: ContainerRecord) async throws -> [InterfaceRecord] {
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.members ?? []
        guard networks.count > 1, container.isUp else { return [] }
        if let access, let process = try await ContainerProcess(paths: paths, access: access).folder(of: container) {
            return try await interfaces(below: process, access)
        }
        return container.status == "running" ? try await interfacesByCommand(in: container) : []
    }

    private func interfaces(below process: String, _ access: any DataAccess) async throws -> [InterfaceRecord] {
        let folder = "\(process)/root/sys/class/net"
        var addresses: [(String, String)] = []
        for name in try await access.names(in: folder) {
            // A process may end at any time: its files are then as good as empty.
            guard let bytes = try? await access.readFile("\(folder)/\(name)/address") else { continue }
            addresses.append((name, String(decoding: bytes, as: UTF8.self)))
        }
        let routes = (try? await access.readFile("\(process)/net/route")) ?? []
        return Self.records(addresses, routes: String(decoding: routes, as: UTF8.self))
    }

    /// For a container whose processes cannot be told apart here; it needs a shell.
    private func interfacesByCommand(in container: ContainerRecord) async throws -> [InterfaceRecord] {
        let script = "cd /sys/class/net && for i in *; do echo $i $(cat $i/address); done; cat /proc/net/route"
        let result = try await engine.run(inContainer: container.id, command: ["sh", "-c", script])
        guard result.exitCode == 0 else { return [] }
        let lines = String(decoding: result.stdout, as: UTF8.self).split(separator: "\n").map(String.init)
        let table = lines.firstIndex { $0.hasPrefix("Iface") } ?? lines.endIndex
        let addresses = lines[..<table].compactMap { line -> (String, String)? in
            let words = line.split(separator: " ")
            return words.count == 2 ? (String(words[0]), String(words[1])) : nil
        }
        return Self.records(addresses, routes: lines[table...].joined(separator: "\n"))
    }

    /// The default route is that to 0.0.0.0 with mask 0; see `/proc/net/route` in proc(5).
    static func records(_ addresses: [(name: String, address: String)], routes: String) -> [InterfaceRecord] {
        let rows = routes.split(separator: "\n").dropFirst().map { $0.split(whereSeparator: \.isWhitespace) }
        let route = rows.first { $0.count > 7 && $0[1] == "00000000" && $0[7] == "00000000" }?[0]
        return addresses.filter { $0.name != "lo" }.map { name, address in
            InterfaceRecord(
                name: name, macAddress: String(address.prefix { !$0.isNewline }),
                hasDefaultRoute: route.map(String.init) == name)
        }
    }
}
