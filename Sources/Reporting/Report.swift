// SPDX-License-Identifier: Apache-2.0
public import EnvironmentModel

/// A snapshot told to people who do not have it: where things run, what they are made of, and how to replay it.
///
/// Values of environment variables, labels and commands of containers are left out: a report is made to be shown to
/// others. Probes are in it with what they wrote: they are what it is about.
public struct Report: Sendable {
    /// How two snapshots differ, and how the earlier one is called.
    public struct Comparison: Sendable {
        /// The snapshot that the reported one is compared with.
        public let name: String
        /// What differs, from that one to the reported one.
        public let difference: EnvironmentDifference

        /// A difference from a snapshot of that name.
        public init(name: String, difference: EnvironmentDifference) {
            self.name = name
            self.difference = difference
        }
    }

    let document: EnvironmentDocument
    let id: String
    let comparison: Comparison?

    /// A report on a snapshot.
    ///
    /// - Parameters:
    ///   - document: The snapshot's document.
    ///   - id: The snapshot's id, 64 hexadecimal digits.
    ///   - comparison: What differs from another snapshot.
    public init(on document: EnvironmentDocument, id: String, comparison: Comparison? = nil) {
        self.document = document
        self.id = id
        self.comparison = comparison
    }

    /// What stands for the snapshot on the command line.
    var reference: String { document.name ?? String(id.prefix(12)) }

    /// The sections in their order.
    var sections: [ReportSection] {
        let inventory = Inventory(document: document)
        return [
            overview, topology, inventory.containers, inventory.networks, inventory.images, inventory.mounts,
            inventory.data, ProbeSection(probes: document.probes).section,
            comparison.map { DifferenceSection(comparison: $0).section }, missing,
        ].compactMap { $0 }
    }

    private var overview: ReportSection {
        let engines = document.engine.enginesWithPaths()
        let containers = engines.reduce(0) { $0 + $1.engine.containers.count }
        var rows = [["project", document.project.name], ["snapshot", id]]
        if let message = document.message { rows.append(["message", message]) }
        rows += document.tags.sorted { $0.key < $1.key }.map { ["tag", "\($0.key)=\($0.value)"] }
        rows += [
            ["captured", "\(document.capturedAt) by envsnap \(document.toolVersion)"],
            ["hosts", "\(engines.count - 1)"], ["containers", "\(containers)"],
            ["complete", document.isComplete ? "yes" : "no, see what is not included"],
        ]
        return ReportSection(
            "Overview",
            [
                .paragraph("One command replays this environment, with the same names, addresses and files:"),
                .code("envsnap replay \(reference.quotedForShell)"),
                .table(Table(headers: ["what", "value"], rows: rows)),
            ])
    }

    private var topology: ReportSection {
        ReportSection("Topology", [.topology(document)])
    }

    private var missing: ReportSection {
        let fixed = [
            "the memory of processes: a replay starts the containers anew on their captured files",
            "kernel, clock and architecture: those of the machine that replays",
            "in this report, the values of environment variables, labels and commands: the snapshot has them",
        ]
        var blocks: [ReportBlock] = [.list(fixed)]
        if !document.notCaptured.isEmpty {
            let rows = document.notCaptured.map { [$0.object, $0.text, $0.weight == .loss ? "needed" : "not needed"] }
            blocks.append(
                .table(Table("Not captured", headers: ["object", "what and why", "for a replay"], rows: rows)))
        }
        if !document.changedMeanwhile.isEmpty {
            let rows = document.changedMeanwhile.map { [$0.object, $0.text] }
            blocks.append(.table(Table("Changed while it was captured", headers: ["object", "what"], rows: rows)))
        }
        return ReportSection("What is not included", blocks)
    }
}

extension String {
    /// The word as a shell takes it for one.
    fileprivate var quotedForShell: String {
        let isPlain =
            !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                    true
                default: false
                }
            }
        return isPlain ? self : "'" + replacing("'", with: #"'\''"#) + "'"
    }
}
