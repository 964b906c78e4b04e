// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import ContentStore
import Foundation
import JSONTree
import OCI
import Sharing
import Snapshots
import Steps
import SystemPackage
import Terminal

struct CheckVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check that the store holds what it should, or make its catalogue anew.",
        discussion: """
            Of every snapshot the document and the blobs that it needs are looked for, and their sizes compared; with \
            --read-data every byte is read and compared with its digest.

            With --rebuild the catalogue is made anew from the snapshots' documents and the blobs, all of which are read; \
            then the store is checked. The catalogue that was there keeps its bytes under another name. Where it was sound, \
            what it alone knew is taken over. Else it is not known any more where snapshots came from: they count as from \
            elsewhere, and a replay asks before it gives them powers. Replays that ran are then shown by doctor.

            EXAMPLES
              envsnap check                takes moments
              envsnap check --read-data    takes as long as reading the store does
              envsnap check --rebuild      when the catalogue is damaged or lost

            \(exitStatusHelp(.locked, .damaged))
            """)

    @Flag(help: "Read every blob and compare it with its digest.")
    var readData = false

    @Flag(help: "Make the catalogue anew first.")
    var rebuild = false

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let rebuilt = rebuild ? try await rebuildCatalogue(context) : nil
        let library = try context.openLibrary()
        let depth: CheckDepth = readData ? .data : .size
        let report = try await context.cancellable { cancellation in
            try library.check(depth: depth, report: context.report) { try cancellation.check() }
        }
        let problems = Self.union(rebuilt?.problems ?? [], report.problems)
        let counts = "\(Units.count(report.snapshots, "snapshot")), \(Units.count(report.blobs, "blob"))"
        var data = JSONObject([
            "snapshots": .int(report.snapshots), "blobs": .int(report.blobs),
            "problems": .array(problems.map(JSONValue.string)),
        ])
        if let rebuilt { data["rebuilt"] = rebuilt.json }
        context.console.result(
            .object(data),
            lines: (rebuilt?.lines ?? [])
                + (problems.isEmpty
                    ? ["\(counts): nothing wrong" + (readData ? "" : " (sizes only; --read-data reads everything)")]
                    : problems + ["\(counts): \(Units.count(problems.count, "problem"))"]))
        return problems.isEmpty ? .fine : .damaged
    }

    private func rebuildCatalogue(_ context: CommandContext) async throws -> RebuildReport {
        let rebuilt = try await context.cancellable { cancellation in
            try SnapshotLibrary.rebuildCatalogue(
                at: context.storeFolder, time: Date.now.formatted(.iso8601), patience: context.patience
            ) { step in
                try cancellation.check()
                context.report(step)
            }
        }
        for remark in rebuilt.remarks { context.console.warn(remark) }
        return rebuilt
    }

    /// The lines of both, each once.
    private static func union(_ first: [String], _ second: [String]) -> [String] {
        first + second.filter { !first.contains($0) }
    }
}

extension RebuildReport {
    fileprivate var json: JSONValue {
        [
            "was": complaint.map(JSONValue.string) ?? "sound", "setAside": .optional(setAside?.string),
            "snapshots": .int(snapshots), "blobs": .int(blobs), "chunks": .int(chunks), "replays": .int(replays),
            "fromElsewhere": .array(foreign.map { .string($0.id.hex) }),
        ]
    }

    fileprivate var lines: [String] {
        var lines = [
            "made the catalogue anew: \(Units.count(snapshots, "snapshot")), \(Units.count(blobs, "blob")), "
                + "\(Units.count(chunks, "chunk"))",
            "  the old one  \(complaint ?? "was sound; what it alone knew was taken over")",
        ]
        if let setAside { lines.append("  it is now    \(setAside)") }
        guard !foreign.isEmpty else { return lines }
        let shown = foreign.prefix(10).map { "  \($0.name ?? $0.id.short)" }
        let more = foreign.count > shown.count ? ["  and \(foreign.count - shown.count) more"] : []
        return lines + ["count as from elsewhere, since it is not known any more where they came from (envsnap ls):"]
            + shown + more
            + ["replays that ran are not known any more: envsnap doctor finds them"]
    }
}
