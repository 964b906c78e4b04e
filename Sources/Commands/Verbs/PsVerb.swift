// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import DockerEngine
import JSONTree
import OCI
import Snapshots
import Terminal

struct PsVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "ps", abstract: "List the replays.",
        discussion: """
            EXAMPLES
              envsnap ps
              envsnap ps --json | jq -r '.data[].replay'

            \(exitStatusHelp(.locked, .damaged))
            """)

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        var table = Table(["REPLAY", "SNAPSHOT", "KIND", "STATE", "CREATED"])
        var json: [JSONValue] = []
        for record in try library.catalogue.replays() {
            let state = await state(of: record, context)
            table.append([
                record.name, String(record.snapshotID.hex.prefix(12)), record.mode.rawValue, state, record.createdAt,
            ])
            json.append([
                "replay": .string(record.name), "snapshot": .string(record.snapshotID.hex),
                "kind": .string(record.mode.rawValue), "state": .string(state), "createdAt": .string(record.createdAt),
                "engine": .string(record.engineAddress),
            ])
        }
        context.console.result(.array(json), lines: table.lines(width: context.console.width))
        return .fine
    }

    /// The recorded state, unless the capsule's own says otherwise.
    private func state(of record: ReplayRecord, _ context: CommandContext) async -> String {
        guard record.state == "running", let capsule = record.capsuleContainer else { return record.state }
        do {
            let engine = try await Engine.connect(to: context.address(of: record))
            let status = try await engine.inspectContainer(capsule).value["State"]["Status"].string ?? "unknown"
            await engine.close()
            return status
        } catch let error as EngineError where error.code == .notFound {
            return "gone"
        } catch {
            return "unreachable"
        }
    }
}
