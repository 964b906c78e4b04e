// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Snapshots
import Terminal

struct LsVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the snapshots, the newest first.", discussion: exitStatusHelp(.damaged))

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let snapshots = try context.openLibrary().snapshots()
        var table = Table(["ID", "NAME", "PROJECT", "HOSTS", "CONTAINERS", "DATA", "CAPTURED", "MESSAGE"])
        for snapshot in snapshots {
            table.append([
                String(snapshot.id.hex.prefix(12)), snapshot.name ?? "", snapshot.project, "\(snapshot.hostCount)",
                "\(snapshot.containerCount)", Units.bytes(snapshot.rawSize),
                ([snapshot.createdAt] + snapshot.remarks).joined(separator: " "), snapshot.message ?? "",
            ])
        }
        if snapshots.isEmpty { context.console.detail("the store \(context.storeFolder) holds no snapshot") }
        context.console.result(
            .array(snapshots.map(\.json)),
            lines: options.quiet ? snapshots.map(\.id.hex) : table.lines(width: context.console.width))
        return .fine
    }
}

extension SnapshotRecord {
    /// What is to be said of it beside the time of its capture.
    fileprivate var remarks: [String] {
        (isComplete ? [] : ["(incomplete)"]) + (origin.map { ["(\($0.kind.rawValue))"] } ?? [])
    }

    /// The row as `ls --json` shows it.
    var json: JSONValue {
        [
            "id": .string(id.hex), "name": .optional(name), "message": .optional(message), "project": .string(project),
            "capturedAt": .string(createdAt), "complete": .bool(isComplete), "hosts": .int(hostCount),
            "containers": .int(containerCount), "volumes": .int(volumeCount), "images": .int(imageCount),
            "dataBytes": .int(rawSize), "tags": .object(JSONObject(tags.mapValues(JSONValue.string))),
            "origin": origin?.json ?? .null,
        ]
    }
}

extension SnapshotOrigin {
    /// The origin as `ls --json` and `import --json` show it.
    var json: JSONValue {
        ["kind": .string(kind.rawValue), "source": .string(source), "receivedAt": .string(receivedAt)]
    }
}
