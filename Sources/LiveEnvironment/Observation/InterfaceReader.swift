// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree

/// Reads which interface of a container leads to which network, and by which one the default route leaves.
///
/// No API shows it, and it is not the same at each start where a container has several networks: moby attaches them in
/// the order of their names before a start, in the order of the requests after it, and at random from engine 28 on
/// (moby issues 49935 and 50095).
struct InterfaceReader {
    let access: any DataAccess
    let paths: PathMap

    /// The interfaces; none for a container with less than two networks of its own, or whose `/sys` is out of reach.
    func interfaces(of container: ContainerRecord) async throws -> [InterfaceRecord] {
        let networks = container.inspect["NetworkSettings"]["Networks"].object?.members ?? []
        guard networks.count > 1, container.isUp, let process = paths.process(of: container) else { return [] }
        let folder = "\(process)/root/sys/class/net"
        let route = try await defaultRoute(of: process)
        var found: [InterfaceRecord] = []
        for name in try await access.names(in: folder) where name != "lo" {
            guard let address = try await line(of: "\(folder)/\(name)/address") else { continue }
            found.append(InterfaceRecord(name: name, macAddress: address, hasDefaultRoute: name == route))
        }
        return found
    }

    /// The interface of the route to 0.0.0.0 with mask 0; see `/proc/net/route` in proc(5).
    private func defaultRoute(of process: String) async throws -> String? {
        guard let table = try await text(of: "\(process)/net/route") else { return nil }
        for row in table.split(separator: "\n").dropFirst() {
            let fields = row.split(whereSeparator: \.isWhitespace)
            if fields.count > 7, fields[1] == "00000000", fields[7] == "00000000" { return String(fields[0]) }
        }
        return nil
    }

    private func line(of path: String) async throws -> String? {
        try await text(of: path).map { String($0.prefix { !$0.isNewline }) }
    }

    /// A process may end at any time: its files are then as good as empty.
    private func text(of path: String) async throws -> String? {
        guard try await access.kind(of: path) == .file, let bytes = try? await access.readFile(path) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
