// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import DockerEngine
import JSONTree
import LiveEnvironment
import Replay
import Snapshots
import Terminal

struct DownVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Remove a replay with everything that was made for it.",
        discussion: """
            The capsule goes with all that is in it, and with --direct replays the containers, networks, volumes and \
            folders that were made. The snapshot stays.

            EXAMPLES
              envsnap down before
              envsnap down before second

            \(exitStatusHelp(.notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replays to remove.", completion: Completions.replays)
    var replays: [String]

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let records = try replays.map { name in
            guard let record = try library.catalogue.replay(named: name) else {
                throw Failure("notFound", "no replay \"\(name)\"", hint: "envsnap ps lists them", status: .notFound)
            }
            return record
        }
        for record in records {
            let engine = try await Engine.connect(to: context.address(of: record))
            try await remove(record, from: engine, library, context)
            _ = try await HelperLeftovers(engine: engine).remove()
        }
        context.console.result(
            ["removed": .array(replays.map(JSONValue.string))], lines: replays.map { "removed \($0)" })
        return .fine
    }

    /// Only a replay without a capsule has files of its own on the engine's machine.
    private func remove(
        _ record: ReplayRecord, from engine: Engine, _ library: SnapshotLibrary, _ context: CommandContext
    ) async throws {
        guard record.mode == .direct else {
            let teardown = Teardown(
                engine: engine, library: library, access: LocalDataAccess(), report: context.report)
            return try await teardown.remove(record)
        }
        try await AccessChooser(context: context, engine: engine).with { access in
            try await Teardown(engine: engine, library: library, access: access, report: context.report).remove(record)
        }
    }
}
