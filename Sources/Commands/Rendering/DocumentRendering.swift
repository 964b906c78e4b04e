// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import JSONTree
import OCI
import Replay
import Terminal

/// Shows a snapshot as a tree: engines, containers with addresses and ports, networks, volumes, images, folders.
struct DocumentRendering {
    let document: EnvironmentDocument
    let id: String
    var origin: SnapshotOrigin?
    let style: Style
    /// What a replay would ask for.
    var powers: [PowerRequest] = []
    /// What is known of its signature.
    var signature: String?

    var lines: [String] {
        var header = ["snapshot \(id)"]
        if let name = document.name { header.append("  name       \(name)") }
        if let message = document.message { header.append("  message    \(message)") }
        for (key, value) in document.tags.sorted(by: { $0.key < $1.key }) {
            header.append("  tag        \(key)=\(value)")
        }
        header.append("  captured   \(document.capturedAt) by envsnap \(document.toolVersion)")
        if let origin {
            header.append("  origin     \(origin.kind.rawValue) from \(origin.source) at \(origin.receivedAt)")
        }
        if let signature { header.append("  signature  \(signature)") }
        header.append("  paused     \(Units.duration(.milliseconds(document.pauseMilliseconds)))")
        if let redaction = document.redaction {
            header.append(
                "  redacted   \(redaction.secrets) secrets in \(Units.count(redaction.places, "place")), by rules "
                    + "\(redaction.rules); \(Units.count(redaction.notInspected.count, "object")) not wholly inspected")
        }
        header = header.map(\.safeForTerminal)
        let tree = Tree(
            style.bold("project \(document.project.name.safeForTerminal)")
                + (document.project.workingDirectory.isEmpty ? "" : " in ")
                + document.project.workingDirectory.safeForTerminal,
            [folders] + [engine(document.engine)])
        return header + [""] + tree.lines + remarks("not captured", document.notCaptured)
            + remarks("changed while it was captured", document.changedMeanwhile)
            + ProbeRendering(style: style, showsAll: true).lines(document.probes) + asked
    }

    private var asked: [String] {
        guard !powers.isEmpty else { return [] }
        let width = powers.map(\.flag.count).max() ?? 0
        return ["", "a replay asks for (--allow)"]
            + powers.map { request in
                let padding = String(repeating: " ", count: min(width, 40) - min(request.flag.count, min(width, 40)))
                return "  \(request.flag)\(padding)  \(request.power.meaning)".safeForTerminal
            }
    }

    private var folders: Tree {
        Tree(
            "folders and files",
            document.trees.map { tree in
                Tree("\(tree.path.safeForTerminal)  \(size(tree.data))")
            })
    }

    private func engine(_ engine: EngineRecord) -> Tree {
        let title = "engine \(engine.serverVersion) (API \(engine.apiVersion), \(engine.info["Driver"].string ?? "?"))"
        var children: [Tree] = engine.networks.filter { !$0.isPredefined }.map(network)
        children += engine.containers.map { container($0, of: engine) }
        if !engine.volumes.isEmpty { children.append(Tree("volumes", engine.volumes.map(volume))) }
        if !engine.images.isEmpty { children.append(Tree("images", engine.images.map(image))) }
        return Tree(title.safeForTerminal, children)
    }

    private func network(_ network: NetworkRecord) -> Tree {
        let subnets = (network.inspect["IPAM"]["Config"].array ?? []).compactMap { $0["Subnet"].string }
        return Tree("network \(network.name)  \(subnets.joined(separator: ", "))".safeForTerminal)
    }

    private func container(_ container: ContainerRecord, of engine: EngineRecord) -> Tree {
        let kind = container.engine == nil ? "container" : "host"
        let name = style.bold(engine.callName(of: container).safeForTerminal)
        var facts =
            [container.stateText] + container.attachments.flatMap(\.addresses)
            + container.publishedPorts
        facts.append(container.inspect["Config"]["Image"].string ?? "")
        var children: [Tree] = container.mounts.map { mount in
            let source = mount.name.map(short) ?? mount.source
            return Tree("\(mount.destination) ← \(source)\(mount.isWritable ? "" : " (read-only)")".safeForTerminal)
        }
        if let layer = container.layer, layer.entries > 1 { children.append(Tree("writable layer  \(size(layer))")) }
        if let inner = container.engine { children.append(self.engine(inner)) }
        return Tree("\(kind) \(name)  \(facts.joined(separator: "  ").safeForTerminal)", children)
    }

    private func volume(_ volume: VolumeRecord) -> Tree {
        Tree("\(short(volume.name).safeForTerminal)  \(volume.data.map(size) ?? "no data")")
    }

    /// Names that an engine made up are as long as an id, and shortened like one.
    private func short(_ name: String) -> String {
        VolumeRecord(inspect: ["Name": .string(name)]).isAnonymous ? String(name.prefix(12)) : name
    }

    private func image(_ image: ImageRecord) -> Tree {
        let name = image.tags.isEmpty ? "<none>" : image.tags.joined(separator: ", ")
        return Tree("\(name)  \(image.config.short)  \(Units.count(image.layers.count, "layer"))".safeForTerminal)
    }

    private func size(_ data: DataArchive) -> String {
        "\(Units.count(data.entries, "entry").replacing("entrys", with: "entries")), \(Units.bytes(data.contentBytes))"
    }

    private func remarks(_ title: String, _ remarks: [Remark]) -> [String] {
        guard !remarks.isEmpty else { return [] }
        return ["", title] + remarks.map { "  \($0.object): \($0.text)".safeForTerminal }
    }
}
