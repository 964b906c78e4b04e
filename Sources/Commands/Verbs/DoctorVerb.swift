// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import JSONTree
import Terminal

struct DoctorVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Say what is missing here, and the command that mends it.",
        discussion: """
            It looks at the engine, the access to its files, the store, and what interrupted runs have left; containers \
            that a killed capture left paused are set going again.

            EXAMPLES
              envsnap doctor
              envsnap doctor --json | jq '.data[] | select(.grade != "good")'

            \(exitStatusHelp(.locked, .damaged, .unreachable))
            """)

    @OptionGroup var options: GlobalOptions

    func run(_ context: CommandContext) async throws -> ExitStatus {
        let findings = await Examination(context: context).findings()
        let style = context.console.style
        let lines = findings.flatMap { finding -> [String] in
            let mark =
                switch finding.grade {
                case .good: style.good("ok  ")
                case .warning: style.warning("warn")
                case .bad: style.bad("bad ")
                }
            let line = "\(mark)  \(finding.text.safeForTerminal)"
            return [line] + (finding.remedy.map { ["      \($0.safeForTerminal)"] } ?? [])
        }
        context.console.result(.array(findings.map(\.json)), lines: lines)
        guard let worst = findings.first(where: { $0.grade == .bad }) else { return .fine }
        return worst.status
    }
}
