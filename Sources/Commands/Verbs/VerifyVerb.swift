// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Catalogue
import ContentStore
import EnvironmentModel
import JSONTree
import LiveEnvironment
import Replay
import Snapshots
import Terminal

struct VerifyVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Compare a running replay with its snapshot, field by field.",
        discussion: """
            With --data the files are compared as well: folders, volumes and writable layers. What the programs of the \
            replay have written since they were started differs then, as it should. The snapshot's probes are run again, \
            once each; one that ends with another exit status differs.

            EXAMPLES
              envsnap verify before           what its engines say of it
              envsnap verify before --data    and what has become of its files

            \(exitStatusHelp(.differs, .notFound, .locked, .damaged, .unreachable))
            """)

    @Argument(help: "The replay.", completion: Completions.replays)
    var replay: String

    @Flag(help: "Compare the files too.")
    var data = false

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let library = try context.openLibrary()
        let hold = try context.hold(replay, in: library)
        defer { hold.release() }
        let running = try await context.running(replay, in: library)
        let document = try library.document(running.record.snapshotID)
        let result: Result
        do {
            result = try await AccessChooser(context: context, engine: running.outer).with { access in
                try await self.result(on: document, of: running, in: library, by: access, context)
            }
        } catch let error as LiveEnvironmentError where error.code == .helperFailed && !data {
            // Without files the fields that engines show can still be compared.
            result = try await self.result(on: document, of: running, in: library, by: nil, context)
        }
        return show(result, on: context.console)
    }

    /// What was found: the comparison, and what the probes did.
    private struct Result {
        var verdict: Verdict
        let probes: [ProbeVerdict]
    }

    private func show(_ result: Result, on console: Console) -> ExitStatus {
        let verdict = VerdictRendering(verdict: result.verdict, style: console.style)
        let probes = ProbeRendering(style: console.style, showsAll: options.verbose)
        console.result(
            result.verdict.json(with: result.probes),
            lines: verdict.lines(showsAllowed: options.verbose) + probes.lines(result.probes))
        return result.verdict.isExact && result.probes.areReproduced ? .fine : .differs
    }

    private func result(
        on document: EnvironmentDocument, of running: RunningReplay, in library: SnapshotLibrary,
        by access: (any DataAccess)?, _ context: CommandContext
    ) async throws -> Result {
        let found = try await Verifier(access: access, report: context.report)
            .look(at: running.engine, of: running.record.mode, for: document, paths: running.paths)
        let verdict = Verifier.verdict(on: document, found: found)
        var differences: [DataDifference] = []
        if data, let access {
            differences = try await DataVerifier(library: library, access: access, report: context.report)
                .differences(on: document, found: found, treesBelow: running.treesFolder(in: library))
        }
        // After the files, which a probe may change.
        let probes = try await ProbeReplay(
            patience: .none, direct: running.record.directName, report: context.report
        ).run(document.probes, in: found)
        var result = Result(verdict: verdict, probes: probes)
        for difference in differences { result.verdict.add(difference.verdict) }
        return result
    }
}

extension Verdict {
    /// The verdict as `verify` shows it.
    fileprivate func json(with probes: [ProbeVerdict]) -> JSONValue {
        guard case .object(var object) = json else { return json }
        object["probes"] = probes.json
        return .object(object)
    }
}
