// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import Terminal

/// The topology as lines of text, for formats without drawings.
struct TopologyTree {
    let document: EnvironmentDocument

    func lines(limit: Int) -> [String] {
        let all = engine(document.engine, "project \(document.project.name)").lines.map(\.safeForTerminal)
        return all.count <= limit ? all : all.prefix(limit) + ["… and \(all.count - limit) more lines"]
    }

    private func engine(_ engine: EngineRecord, _ title: String) -> Tree {
        Tree(
            "\(title), engine \(engine.serverVersion)",
            engine.containers.map { container in
                let name = engine.callName(of: container)
                let addresses = container.attachments.flatMap(\.addresses)
                let facts = ([container.stateText] + addresses + container.publishedPorts).joined(separator: "  ")
                guard let inner = container.engine else { return Tree("\(name)  \(facts)") }
                return self.engine(inner, "host \(name)  \(facts)")
            })
    }
}
