// SPDX-License-Identifier: Apache-2.0
public import Catalogue
public import DockerEngine
import JSONTree
public import Snapshots

/// A replay that no record knows, found by the labels of what it made.
public struct StrayReplay: Sendable {
    /// Its name.
    public let name: String
    /// The names of its containers on the engine.
    public let containers: [String]
    /// How many networks and volumes it has there.
    public let others: Int
    /// The store that made it, as it is marked; nil for one of an older version, and for one without a capsule.
    public let store: String?
    /// Whether this store has made it.
    public let isOurs: Bool
    /// Whether it has a capsule.
    public let mode: ReplayMode

    fileprivate init(_ name: String, _ found: Found, in library: SnapshotLibrary) {
        self.name = name
        containers = found.containers.sorted()
        others = found.others
        store = found.store
        mode = found.store != nil || found.containers.contains("envsnap-\(name)") ? .capsule : .direct
        isOurs = found.store.map { $0 == library.mark } ?? library.hasFiles(ofReplay: name)
    }

    fileprivate struct Found {
        var containers: [String] = []
        var others = 0
        var store: String?
    }

    /// The replays with something on an engine that a store does not know.
    ///
    /// - Parameters:
    ///   - name: The one that is looked for; nil for all.
    ///   - engine: The engine.
    ///   - library: The store's library.
    public static func find(
        named name: String? = nil, on engine: Engine, unknownTo library: SnapshotLibrary
    ) async throws -> [StrayReplay] {
        let filter = name.map { ReplayLabels.filter(replay: $0) } ?? ["label": [ReplayLabels.replay]]
        var found: [String: Found] = [:]
        func note(_ object: JSONValue, _ body: (inout Found) -> Void) {
            guard let name = object["Labels"][ReplayLabels.replay].string else { return }
            var one = found[name] ?? Found()
            one.store = one.store ?? object["Labels"][ReplayLabels.store].string
            body(&one)
            found[name] = one
        }
        for container in try await engine.listContainers(all: true, filters: filter).value.array ?? [] {
            note(container) { $0.containers.append(String(container["Names"][0].string?.dropFirst() ?? "")) }
        }
        for network in try await engine.listNetworks(filters: filter).value.array ?? [] {
            note(network) { $0.others += 1 }
        }
        for volume in try await engine.listVolumes(filters: filter).value["Volumes"].array ?? [] {
            note(volume) { $0.others += 1 }
        }
        let known = Set(try library.catalogue.replays().map(\.name))
        return found.filter { !known.contains($0.key) }.map { StrayReplay($0.key, $0.value, in: library) }
            .sorted { $0.name < $1.name }
    }
}
