// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import Snapshots
import Terminal

struct DownVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "down", abstract: "Remove a replay with everything that was made for it.",
        discussion: """
            The capsule goes with all that is in it, and with --direct replays the containers, networks, volumes and \
            folders that were made. The snapshot stays.

            A replay that is not listed any more, since the catalogue was lost, is found by the labels of what it made; it is \
            removed where this store has made it.

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
        let removal = ReplayRemoval(context: context, library: library)
        var doomed: [ReplayRemoval.Doomed] = []
        for name in replays {
            let known = try library.catalogue.replay(named: name)
            if let known {
                doomed.append(try removal.known(known))
            } else {
                doomed.append(try await removal.stray(name))
            }
        }
        for replay in doomed { try await removal.remove(replay) }
        context.console.result(
            ["removed": .array(replays.map(JSONValue.string))], lines: replays.map { "removed \($0)" })
        return .fine
    }
}
