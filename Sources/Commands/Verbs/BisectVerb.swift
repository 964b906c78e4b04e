// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Snapshots
import Synchronization
import Terminal

struct BisectVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "bisect", abstract: "Find the difference between two snapshots that makes a command fail.",
        discussion: """
            The command has to succeed in a replay of GOOD and to fail in one of BAD. Mixtures of the two are then \
            replayed, half of the differences at a time, until the guilty one is named: an image, a variable, a file, a \
            volume, a network, a setting. It is verified alone, in a replay of its own; where it needs others to make the \
            command fail, those are found too. A mixture that cannot be replayed is passed over, and so is one of which \
            the command says with status 125 that it cannot tell. The command's output is not shown; -v shows it.

            EXAMPLES
              envsnap bisect yesterday today --host foo-host-corge/foo-app -- nc -vz redis 6379
              envsnap bisect good bad --mount ./check.sh:/check.sh -- sh /check.sh

            \(exitStatusHelp(.refused, .notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The snapshot in which the command succeeds.", completion: Completions.snapshots)
    var good: String

    @Argument(help: "The snapshot in which it fails.", completion: Completions.snapshots)
    var bad: String

    @Option(
        help: ArgumentHelp("The host or container to run it in; the capsule unless given.", valueName: "path"),
        completion: Completions.pathsInSnapshot)
    var host: String?

    @Option(
        help: ArgumentHelp(
            "A file or folder of this machine to copy to a path there; may be repeated.", valueName: "local:path"))
    var mount: [LocalMount] = []

    @Option(help: ArgumentHelp("An image with an engine, for the capsule.", valueName: "image"))
    var capsuleImage: String?

    @Option(
        help: ArgumentHelp("A power that a snapshot from elsewhere may have; repeated.", valueName: "power=path"),
        completion: Completions.powers)
    var allow: [String] = []

    @Argument(parsing: .postTerminator, help: "The command.")
    var command: [String] = []

    @OptionGroup var options: GlobalOptions

    func validate() throws {
        if command.isEmpty { throw ValidationError("a command is missing: envsnap bisect GOOD BAD -- COMMAND") }
    }

    func run(_ context: CommandContext) async throws -> ExitStatus {
        for mount in mount { try mount.check() }
        let library = try context.openLibrary()
        try await LeftoverPauses(context: context, library: library).release()
        let (good, bad) = (try library.find(good), try library.find(bad))
        let engine = try await context.connect()
        let plan = CleanRun.Plan(
            command: command, path: host ?? ExecTarget.capsule, mounts: mount,
            output: options.verbose ? .standardError : .nowhere)
        let steps = Steps()
        let console = context.console
        let origin = bad.origin ?? good.origin
        let finding = try await AccessChooser(context: context, engine: engine, imageUse: .again).with { access in
            let stage = BisectStage(
                context: context, library: library, engine: engine, access: access, plan: plan,
                capsuleImage: capsuleImage, allowed: Set(allow), isForeign: origin != nil)
            let trials = BisectTrials(library: library, stage: stage, origin: origin) { step in
                steps.list.withLock { $0.append(step) }
                console.note("\(step.outcome.rawValue.padded(to: 11))\(step.what)  (\(step.detail))")
            }
            do {
                let finding = try await BisectSearch(library: library, trials: trials, good: good, bad: bad).run()
                await stage.clear()
                return finding
            } catch {
                await stage.clear()
                throw error
            }
        }
        show(finding, steps.list.withLock { $0 }, on: console)
        return finding.isExact ? .fine : .failed
    }

    private final class Steps: Sendable {
        let list = Mutex<[BisectTrials.Step]>([])
    }

    private func show(_ finding: BisectSearch.Finding, _ steps: [BisectTrials.Step], on console: Console) {
        let guilty = finding.guilty.flatMap { guilty in
            [console.style.bad(guilty.change.title.safeForTerminal)]
                + guilty.files.map { "  file \($0.safeForTerminal)" }
        }
        let together = finding.guilty.count > 1 ? "guilty together" : "guilty"
        let head = finding.isExact ? together : "the guilty one is among"
        let tried = "\(finding.count) differences, \(Units.count(steps.count, "trial"))"
        console.result(
            [
                "exact": .bool(finding.isExact), "differences": .int(Int64(finding.count)),
                "guilty": .array(finding.guilty.map(\.json)), "trials": .array(steps.map(\.json)),
            ],
            lines: ["\(head), of \(tried):"] + guilty.map { "  \($0)" } + remark(finding))
    }

    private func remark(_ finding: BisectSearch.Finding) -> [String] {
        if finding.isExact { return ["seen: with it the command fails, without it it does not"] }
        guard finding.isContradictory else { return [] }
        return ["the command did not come out the same when the same was tried again"]
    }
}

extension BisectSearch.Guilty {
    fileprivate var json: JSONValue {
        [
            "kind": .string(change.kind.rawValue), "object": .string(change.object), "field": .string(change.field),
            "values": .optional(change.values), "files": .array(files.map(JSONValue.string)),
        ]
    }
}

extension String {
    /// The text with spaces up to a width.
    fileprivate func padded(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 1)) }
}
