// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import JSONTree
import LiveEnvironment
import OCI
import Snapshots
import Terminal

struct DiffVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Show what differs between two snapshots, or a snapshot and what runs.",
        discussion: """
            Networks, addresses, images down to layers and packages, env, mounts, states, engines and files are \
            compared, each with its counterpart on the same host. What every engine makes anew, as ids and times, is \
            left out; -v lists it, with all files and whole values.

            OTHER is a snapshot, else a replay, else a compose project's name or folder; replay:NAME or project:NAME \
            say which. Where it is the snapshot itself, its replay of that name is meant.

            EXAMPLES
              envsnap diff before after           two snapshots
              envsnap diff before after --files   with the changed lines of text files
              envsnap diff before replay:before   what has become of a replay
              envsnap diff before foo --no-data   a running project, without reading its files

            \(exitStatusHelp(.differs, .notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(
        help: "The snapshot: its name, or at least four digits of its id.", completion: Completions.snapshots)
    var snapshot: String

    @Argument(
        help: "What it is compared with: a snapshot, a replay, or a project.",
        completion: Completions.snapshotsAndReplays)
    var other: String

    @Flag(help: "Show the changed lines of text files.")
    var files = false

    @Flag(help: "Leave files and packages alone.")
    var noData = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if files, noData { throw ValidationError("--files and --no-data exclude each other") }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let record = try library.find(snapshot)
        let document = try library.document(record.id)
        let target = try DiffTarget(other, comparedWith: record, in: library)
        let finder = DriftFinder(context: context, library: library, document: document, options: dataOptions)
        let difference =
            switch target {
            case .snapshot(let found): try await compare(document, with: found, in: library, context)
            case .replay(let name): try await finder.replay(name)
            case .project(let name): try await finder.project(name)
            }
        show(difference, sides: (describe(.snapshot(record)), describe(target)), on: context.console)
        return difference.isEqual ? .fine : .differs
    }

    private var dataOptions: DataComparison.Options? {
        guard !noData else { return nil }
        var options = DataComparison.Options.difference
        options.keepsLines = files
        return options
    }

    private func compare(
        _ document: EnvironmentDocument, with record: SnapshotRecord, in library: SnapshotLibrary,
        _ context: CommandContext
    ) async throws -> EnvironmentDifference {
        let comparison = SnapshotComparison(
            library: library, options: dataOptions ?? .difference, report: context.report)
        let found = try library.document(record.id)
        let readsBlobs = !noData
        return try await BlockingWork.run {
            try comparison.difference(from: document, to: found, readingBlobs: readsBlobs)
        }
    }

    private func show(
        _ difference: EnvironmentDifference, sides: (captured: String, found: String), on console: Console
    ) {
        let rendering = DifferenceRendering(
            difference: difference, sides: sides, style: console.style, width: console.width ?? 80,
            showsAll: options.verbose)
        console.result(difference.json, lines: rendering.lines)
    }

    private func describe(_ target: DiffTarget) -> String {
        switch target {
        case .snapshot(let record): record.name.map { "\($0) (\(record.id.short))" } ?? record.id.short
        case .replay(let name): "replay \(name)"
        case .project(let name): "project \(name)"
        }
    }
}
