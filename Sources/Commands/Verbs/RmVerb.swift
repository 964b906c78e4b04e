// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Snapshots
import Terminal

struct RmVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove snapshots; gc then frees their space.",
        discussion: """
            A snapshot of which a replay stands is not removed.

            EXAMPLES
              envsnap rm before
              envsnap rm 3f2a 91c0 && envsnap gc

            \(exitStatusHelp(.notFound, .locked, .damaged))
            """)

    @Argument(help: "The snapshots.", completion: Completions.snapshots)
    var snapshots: [String]

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let doomed = try snapshots.map { try find($0, in: library) }
        for snapshot in doomed { try snapshot.remove() }
        context.console.result(
            ["removed": .array(doomed.map { .string($0.id.hex) })], lines: doomed.map { "removed \($0.name)" })
        return .fine
    }

    private struct Doomed {
        let id: Digest
        let name: String
        let remove: () throws -> Void
    }

    /// The snapshot, or a document that a damaged catalogue lost.
    private func find(_ reference: String, in library: SnapshotLibrary) throws -> Doomed {
        do {
            let record = try library.find(reference)
            return Doomed(id: record.id, name: record.name ?? record.id.short) { try library.remove(record) }
        } catch let error as SnapshotError where error.code == .noSuchSnapshot {
            guard let id = try library.strayDocument(reference.lowercased()) else { throw error }
            return Doomed(id: id, name: id.short) { try library.removeStray(id) }
        }
    }
}
