// SPDX-License-Identifier: Apache-2.0
import Capture
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Terminal

/// Shows a capture that was committed.
struct CaptureRendering {
    let result: CaptureResult

    func show(on console: Console) {
        for remark in result.document.notCaptured {
            if remark.weight == .loss {
                console.warn("not captured: \(remark.object): \(remark.text)")
            } else {
                console.detail("note: \(remark.object): \(remark.text)")
            }
        }
        for change in result.document.changedMeanwhile {
            console.detail("changed meanwhile: \(change.object): \(change.text)")
        }
        console.result(json, lines: lines)
    }

    private var json: JSONValue {
        let document = result.document
        return [
            "id": .string(result.id.hex), "name": .optional(document.name), "complete": .bool(document.isComplete),
            "notCaptured": .array(document.notCaptured.map(\.json)),
            "changedMeanwhile": .array(document.changedMeanwhile.map(\.json)),
            "pauseMilliseconds": .int(document.pauseMilliseconds),
            "bytes": [
                "read": .int(result.account.read), "new": .int(result.account.new),
                "stored": .int(result.account.stored),
            ],
            "probes": .array(document.probes.map(\.json)),
        ]
    }

    private var lines: [String] {
        let document = result.document
        let engines = document.engine.enginesWithPaths().map(\.engine)
        let images = Set(engines.flatMap { $0.images.map(\.config) }).count
        let parts = [
            Units.count(engines.count - 1, "host"),
            Units.count(engines.reduce(0) { $0 + $1.containers.count }, "container"),
            Units.count(images, "image"), Units.count(engines.reduce(0) { $0 + $1.volumes.count }, "volume"),
        ]
        var lines = [
            "captured \(document.project.name) as \(document.name ?? String(result.id.hex.prefix(12)))"
                + (document.isComplete ? "" : ", incomplete"),
            "  id      \(result.id.hex)", "  holds   \(parts.joined(separator: ", "))",
            "  read    \(Units.bytes(result.account.read)), \(Units.bytes(result.account.new)) of it new,"
                + " stored in \(Units.bytes(result.account.stored))",
            "  paused  \(Units.duration(.milliseconds(document.pauseMilliseconds)))",
        ]
        if !document.changedMeanwhile.isEmpty {
            lines.append(
                "  changed \(Units.count(document.changedMeanwhile.count, "thing")) meanwhile (show lists them)")
        }
        let probes = ProbeRendering(style: Style(isColoured: false), showsAll: false)
        return lines + probes.shortLines(document.probes)
    }
}

/// Shows what a capture would read.
enum PlanRendering {
    static func json(
        _ environment: ObservedEngine, _ plan: CapturePlan, probes: [ProbeRequest] = []
    ) -> JSONValue {
        [
            "reads": .array(plan.items.map { ["what": .string($0.title), "path": .string($0.path)] }),
            "notCaptured": .array(plan.remarks.map(\.json)),
            "engines": .array(environment.all.map { .string($0.path.description) }),
            "probes": .array(
                probes.map { ["container": .string($0.container), "command": .string($0.command)] }),
        ]
    }

    static func lines(
        _ environment: ObservedEngine, _ plan: CapturePlan, probes: [ProbeRequest] = []
    ) -> [String] {
        var lines: [String] = []
        for observed in environment.all {
            let record = observed.record
            let counts = [
                Units.count(record.containers.count, "container"), Units.count(record.images.count, "image"),
                Units.count(record.volumes.count, "volume"), Units.count(record.networks.count, "network"),
            ]
            lines.append("engine \(observed.path) (\(record.serverVersion)): \(counts.joined(separator: ", "))")
        }
        lines += plan.items.map { "would read \($0.title)" }
        lines += probes.map { "would run in \($0.container): \($0.command)" }
        lines += plan.remarks.map { "would leave out \($0.object): \($0.text)" }
        return lines.map(\.safeForTerminal)
    }
}
