// SPDX-License-Identifier: Apache-2.0
import EnvironmentModel
import JSONTree
import OCI
import Terminal

/// What an environment consists of, as tables.
struct Inventory {
    let document: EnvironmentDocument

    private var engines: [(path: EnginePath, engine: EngineRecord)] { document.engine.enginesWithPaths() }

    private func place(_ path: EnginePath) -> String { path == .outermost ? "project" : path.description }

    var containers: ReportSection {
        let rows = engines.flatMap { path, engine in
            engine.containers.map { container in
                let addresses = container.attachments.flatMap { attachment in
                    attachment.addresses.isEmpty
                        ? [attachment.network] : attachment.addresses.map { "\($0) (\(attachment.network))" }
                }
                return [
                    place(path), engine.callName(of: container), container.stateText,
                    container.engine.map { "engine \($0.serverVersion)" } ?? "",
                    container.inspect["Config"]["Image"].string ?? "", addresses.joined(separator: ", "),
                    container.publishedPorts.joined(separator: ", "),
                ]
            }
        }
        let headers = ["host", "container", "state", "engine", "image", "addresses", "ports"]
        return ReportSection("Containers", [.table(Table(headers: headers, rows: rows))])
    }

    var networks: ReportSection {
        let rows = engines.flatMap { path, engine in
            engine.networks.filter { !$0.isPredefined }.map { network in
                let pools = network.inspect["IPAM"]["Config"].array ?? []
                return [
                    place(path), network.name, network.inspect["Driver"].string ?? "",
                    pools.compactMap { $0["Subnet"].string }.joined(separator: ", "),
                    pools.compactMap { $0["Gateway"].string }.joined(separator: ", "),
                    network.inspect["Internal"].bool == true ? "internal" : "",
                ]
            }
        }
        let headers = ["host", "network", "driver", "subnets", "gateways", "note"]
        return ReportSection("Networks", [.table(Table(headers: headers, rows: rows))])
    }

    var images: ReportSection {
        let engineRows = engines.map { path, engine in
            [
                place(path), engine.serverVersion, engine.apiVersion, engine.info["Driver"].string ?? "",
                engine.info["KernelVersion"].string ?? "", engine.info["Architecture"].string ?? "",
            ]
        }
        let rows = engines.flatMap { path, engine in
            engine.images.map { image in
                [
                    place(path), image.tags.isEmpty ? "<none>" : image.tags.sorted().joined(separator: ", "),
                    image.config.short, "\(image.layers.count)", image.inspect["Size"].int.map(Units.bytes) ?? "",
                    String((image.inspect["Created"].string ?? "").prefix(10)),
                ]
            }
        }
        return ReportSection(
            "Engines and images",
            [
                .table(
                    Table(
                        "Engines", headers: ["host", "engine", "API", "driver", "kernel", "architecture"],
                        rows: engineRows)),
                .table(Table("Images", headers: ["host", "tags", "config", "layers", "size", "created"], rows: rows)),
            ])
    }

    var mounts: ReportSection {
        let rows = Self.mounts(of: document.engine, at: .outermost, inside: []).map { [place($0)] + $1 }
        let headers = ["host", "container", "path", "from", "which is, outside", "mode"]
        return ReportSection("Mounts", [.table(Table(headers: headers, rows: rows))])
    }

    private static func mounts(
        of engine: EngineRecord, at path: EnginePath, inside hosts: [ContainerRecord]
    ) -> [(EnginePath, [String])] {
        engine.containers.flatMap { container -> [(EnginePath, [String])] in
            let name = engine.callName(of: container)
            let own = container.mounts.map { mount in
                let origins = mount.type == "bind" ? ContainerRecord.origins(of: mount.source, through: hosts) : []
                return (
                    path,
                    [
                        name, mount.destination, MountText.source(mount), origins.joined(separator: " ← "),
                        mount.isWritable ? "" : "read-only",
                    ]
                )
            }
            let inner = container.engine.map {
                mounts(of: $0, at: path.appending(name), inside: [container] + hosts)
            }
            return own + (inner ?? [])
        }
    }

    var data: ReportSection {
        let rows = document.archives.map { subject, data in
            [subject.description, "\(data.entries)", Units.bytes(data.contentBytes)]
        }
        return ReportSection("Data", [.table(Table(headers: ["what", "entries", "content"], rows: rows))])
    }
}

/// How a mount's source is written.
enum MountText {
    static func source(_ mount: MountPoint) -> String {
        guard let name = mount.name else { return mount.source.isEmpty ? mount.type : mount.source }
        let isAnonymous = VolumeRecord(inspect: ["Name": .string(name)]).isAnonymous
        return "volume \(isAnonymous ? String(name.prefix(12)) : name)"
    }
}
