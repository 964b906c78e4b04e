// SPDX-License-Identifier: Apache-2.0
import Catalogue
import EnvironmentModel
import JSONTree
import OCI
import Replay
import Terminal

/// Shows a replay that was made or reset, with its verdict.
struct ReplayRendering {
    let result: ReplayResult
    /// What is said of it, as "runs".
    let outcome: String

    private var published: [String] {
        result.publications.map {
            "published  \($0.container.safeForTerminal):\($0.port) at 127.0.0.1:\($0.localPort)"
        }
    }

    /// Prints it and returns the exit status.
    func show(_ context: CommandContext, _ options: GlobalOptions) -> ExitStatus {
        for warning in result.warnings { context.console.warn(warning) }
        let verdict = VerdictRendering(verdict: result.verdict, style: context.console.style)
        context.console.result(
            [
                "replay": .string(result.record.name), "snapshot": .string(result.record.snapshotID.hex),
                "verdict": result.verdict.json, "probes": result.probes.json,
                "published": .array(result.publications.map(\.json)),
            ],
            lines: ["replay \(result.record.name) \(outcome)"] + published
                + verdict.lines(showsAllowed: options.verbose)
                + ProbeRendering(style: context.console.style, showsAll: options.verbose).lines(result.probes))
        return result.verdict.isExact && result.probes.areReproduced ? .fine : .differs
    }
}
