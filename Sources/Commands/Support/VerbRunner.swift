// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Terminal

/// A verb: parsed options, and what it does with them.
protocol Verb: AsyncParsableCommand {
    var options: GlobalOptions { get }
    /// Does the work and returns the exit status of a run that did not fail.
    func run(_ context: CommandContext) async throws -> ExitStatus
}

extension Verb {
    /// Runs the verb; every failure is shown here and nowhere else.
    mutating func run() async throws {
        let context = CommandContext(options)
        let status: ExitStatus
        do { status = try await run(context) } catch let code as ExitCode { throw code } catch {
            let failure = Failure(error).afterInterruption
            context.console.failure(
                code: failure.code, message: failure.message, hint: failure.hint, lines: failure.lines,
                details: failure.details)
            throw ExitCode(failure.status.rawValue)
        }
        if status != .fine { throw ExitCode(status.rawValue) }
    }
}

/// The text that ends the help of every verb.
func exitStatusHelp(_ statuses: ExitStatus...) -> String {
    let all = [.fine, .failed] + statuses + [.usage, .interrupted]
    return "EXIT STATUS\n" + exitStatusLines(all)
}

/// The exit statuses, one a line.
func exitStatusLines(_ statuses: ExitStatus...) -> String { exitStatusLines(statuses) }

private func exitStatusLines(_ statuses: [ExitStatus]) -> String {
    statuses.map { "  \($0.rawValue)  \($0.meaning)" }.joined(separator: "\n")
}
