// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// Takes the difference between two environments apart into changes that can be made one by one.
///
/// What has to change together is one change: a network with the addresses on it, mounts with the volumes behind them.
/// Changes come in an order in which most need nothing that comes after them: files, images, networks, containers.
public struct EnvironmentChanges: Sendable {
    private let good: EnvironmentDocument
    private let bad: EnvironmentDocument

    /// The way from one environment to another.
    public init(from good: EnvironmentDocument, to bad: EnvironmentDocument) {
        self.good = good
        self.bad = bad
    }

    /// All changes.
    public var all: [EnvironmentChange] {
        trees + EngineChanges(good: good.engine, bad: bad.engine, hosts: [], path: .outermost).all
    }

    private var trees: [EnvironmentChange] {
        Pairing(good.trees, bad.trees, by: \.path).pairs.compactMap { pair in
            guard let path = (pair.captured ?? pair.found)?.path, pair.captured != pair.found else { return nil }
            let replacement = pair.found
            var change = EnvironmentChange(.files, path, values: replacement == nil ? "gone" : nil) { document in
                document.trees.removeAll { $0.path == path }
                if let replacement { document.trees.append(replacement) }
                document.trees.sort { $0.path < $1.path }
            }
            if let one = pair.captured, let other = pair.found, !one.isFile, !other.isFile {
                change.archives = (one.data, other.data)
                change.applyArchive = { document, archive in
                    for index in document.trees.indices where document.trees[index].path == path {
                        document.trees[index].data = archive
                    }
                }
            }
            return change
        }
    }
}

extension EnvironmentDocument {
    /// Changes the engine behind hosts, which are given by their containers' names; nothing where there is none.
    mutating func change(engineBehind hosts: [String], _ body: (inout EngineRecord) -> Void) {
        engine.change(engineBehind: hosts[...], body)
    }
}

extension EngineRecord {
    fileprivate mutating func change(engineBehind hosts: ArraySlice<String>, _ body: (inout EngineRecord) -> Void) {
        guard let host = hosts.first else { return body(&self) }
        for index in containers.indices where containers[index].name == host {
            containers[index].engine?.change(engineBehind: hosts.dropFirst(), body)
        }
    }

    /// Changes a container, which is given by its name.
    mutating func change(container name: String, _ body: (inout ContainerRecord) -> Void) {
        for index in containers.indices where containers[index].name == name { body(&containers[index]) }
    }
}
