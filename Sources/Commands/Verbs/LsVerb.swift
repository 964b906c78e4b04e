// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Snapshots
import Terminal

struct LsVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "ls", abstract: "List the snapshots, the newest first.",
        discussion: """
            EXAMPLES
              envsnap ls
              envsnap ls --json | jq -r '.data[].name'

            \(exitStatusHelp(.locked, .damaged))
            """)

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let snapshots = try context.openLibrary().snapshots()
        if snapshots.isEmpty { context.console.detail("the store \(context.storeFolder) holds no snapshot") }
        context.console.result(
            .array(snapshots.map(\.json)),
            lines: options.quiet ? snapshots.map(\.id.hex) : table(of: snapshots).lines(width: context.console.width))
        return .fine
    }

    private func table(of snapshots: [SnapshotRecord]) -> Table {
        var table = Table(["ID", "NAME", "PROJECT", "HOSTS", "CONTAINERS", "DATA", "CAPTURED", "MESSAGE"])
        for snapshot in snapshots {
            table.append([
                snapshot.id.short, snapshot.name ?? "", snapshot.project, String(snapshot.hostCount),
                String(snapshot.containerCount), Units.bytes(snapshot.rawSize), snapshot.createdAt + snapshot.remarks,
                snapshot.message ?? "",
            ])
        }
        return table
    }
}

extension SnapshotRecord {
    /// What is to be said of it behind the time of its capture.
    fileprivate var remarks: String {
        (isComplete ? "" : " (incomplete)") + (origin.map { " (\($0.kind.rawValue))" } ?? "")
    }

    /// The row as `ls --json` shows it.
    var json: JSONValue {
        // In the order in which they are printed, so that ten thousand rows need no sorting.
        [
            "capturedAt": .string(createdAt), "complete": .bool(isComplete), "containers": .int(containerCount),
            "dataBytes": .int(rawSize), "hosts": .int(hostCount), "id": .string(id.hex), "images": .int(imageCount),
            "message": .optional(message), "name": .optional(name), "origin": origin?.json ?? .null,
            "project": .string(project),
            "tags": tags.isEmpty ? [:] : .object(JSONObject(tags.mapValues(JSONValue.string))),
            "volumes": .int(volumeCount),
        ]
    }
}

extension SnapshotOrigin {
    /// The origin as `ls --json` and `import --json` show it.
    var json: JSONValue {
        ["kind": .string(kind.rawValue), "source": .string(source), "receivedAt": .string(receivedAt)]
    }
}
