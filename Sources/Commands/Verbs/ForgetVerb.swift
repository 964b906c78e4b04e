// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import JSONTree
import OCI
import Snapshots
import Terminal

struct ForgetVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "forget", abstract: "Remove the snapshots that no rule keeps; gc then frees their space.",
        discussion: """
            Each project is judged by itself, and what any rule keeps is kept. A snapshot with a replay stays, and so \
            does the newest of a project of which the rules keep nothing.

            EXAMPLES
              envsnap forget --keep-last 5 --keep-tag keep --dry-run
              envsnap forget --project foo --keep-within 30d

            \(exitStatusHelp(.locked, .damaged))
            """)

    @Option(help: ArgumentHelp("Keep the newest of each project.", valueName: "number"))
    var keepLast: Int?

    @Option(
        help: ArgumentHelp("Keep what bears this tag; may be repeated.", valueName: "key[=value]"),
        completion: Completions.tags)
    var keepTag: [String] = []

    @Option(
        help: ArgumentHelp(
            "Keep what is not older than this before the newest of its project: 12h, 30d, 6w, 1y.", valueName: "time"))
    var keepWithin: TimeSpan?

    @Option(help: "Look at this project alone.", completion: Completions.capturedProjects)
    var project: String?

    @Flag(help: "Say what would be removed, and remove nothing.")
    var dryRun = false

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        guard keepLast != nil || !keepTag.isEmpty || keepWithin != nil else {
            throw ValidationError("say what is to be kept: --keep-last, --keep-tag or --keep-within")
        }
        if let keepLast, keepLast < 1 { throw ValidationError("--keep-last takes a number from 1 on") }
        if keepTag.contains(where: { $0.isEmpty || $0.hasPrefix("=") }) {
            throw ValidationError("--keep-tag takes KEY or KEY=VALUE")
        }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let snapshots = try library.snapshots().filter { project == nil || $0.project == project }
        let replayed = Set(try library.catalogue.replays().map(\.snapshotID))
        var judged = policy.judge(snapshots, replayed: replayed)
        if !dryRun { try Self.remove(&judged, from: library) }
        context.console.result(
            [
                "removed": .array(judged.filter(\.reasons.isEmpty).map { .string($0.snapshot.id.hex) }),
                "kept": .array(judged.filter { !$0.reasons.isEmpty }.map(\.json)), "dryRun": .bool(dryRun),
            ],
            lines: lines(judged, width: context.console.width))
        return .fine
    }

    /// Removes what nothing keeps; a replay that was begun meanwhile is a reason too.
    private static func remove(_ judged: inout [RetentionPolicy.Judgement], from library: SnapshotLibrary) throws {
        for place in judged.indices where judged[place].reasons.isEmpty {
            do { try library.remove(judged[place].snapshot) } catch let error as SnapshotError
                where error.code == .inUse
            {
                judged[place].reasons = [.replay]
            }
        }
    }

    private var policy: RetentionPolicy {
        RetentionPolicy(
            last: keepLast ?? 0,
            tags: keepTag.map { tag in
                let parts = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
                return RetentionPolicy.Tag(key: parts[0], value: parts.count > 1 ? parts[1] : nil)
            },
            within: keepWithin?.seconds)
    }

    private func lines(_ judged: [RetentionPolicy.Judgement], width: Int?) -> [String] {
        var table = Table(["", "ID", "NAME", "PROJECT", "CAPTURED", "KEPT BY"])
        for judgement in judged {
            let snapshot = judgement.snapshot
            table.append([
                judgement.reasons.isEmpty ? (dryRun ? "would remove" : "removed") : "kept",
                String(snapshot.id.hex.prefix(12)), snapshot.name ?? "", snapshot.project, snapshot.createdAt,
                judgement.reasons.map(\.text).joined(separator: ", "),
            ])
        }
        let removed = judged.count(where: \.reasons.isEmpty)
        let closing = "\(dryRun ? "would remove" : "removed") \(Units.count(removed, "snapshot"))"
        let next = dryRun || removed == 0 ? "" : "; gc frees the space"
        return (judged.isEmpty ? [] : table.lines(width: width)) + [closing + next]
    }
}

extension RetentionPolicy.Judgement {
    fileprivate var json: JSONValue {
        ["id": .string(snapshot.id.hex), "reasons": .array(reasons.map { .string($0.rawValue) })]
    }
}

extension RetentionPolicy.Reason {
    fileprivate var text: String {
        switch self {
        case .last: "--keep-last"
        case .tag: "--keep-tag"
        case .within: "--keep-within"
        case .unknownAge: "its time cannot be read"
        case .replay: "a replay"
        case .newest: "the newest of its project"
        }
    }
}
