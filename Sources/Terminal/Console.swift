// SPDX-License-Identifier: Apache-2.0
import Foundation
public import JSONTree
public import Steps
import Synchronization

/// Where a command writes: results to standard output, everything else to standard error.
public final class Console: Sendable {
    /// How progress is shown.
    public enum Progress: String, Sendable, CaseIterable {
        /// As lines that replace each other on a terminal, as plain lines elsewhere.
        case auto
        /// One line a step, and some on the way where it takes long.
        case plain
        /// Not at all.
        case none
    }

    /// The style of standard output.
    public let style: Style
    /// Whether results are printed as JSON.
    public let printsJSON: Bool
    /// Whether only results and errors are printed.
    public let isQuiet: Bool
    /// Whether details are printed too.
    public let isVerbose: Bool
    private let progress: Progress
    private let errorStyle: Style
    private let warnings = Mutex<[String]>([])
    // Where lines replace each other; else there is a log.
    private let area: ProgressArea?
    private let log: ProgressLog

    /// A console for one run of a command.
    public init(
        json: Bool, quiet: Bool, verbose: Bool, progress: Progress,
        environment: [String: String]
    ) {
        printsJSON = json
        isQuiet = quiet
        isVerbose = verbose
        self.progress = progress
        style = Style(for: STDOUT_FILENO, environment: environment)
        errorStyle = Style(for: STDERR_FILENO, environment: environment)
        let write: @Sendable (String) -> Void = { StandardStream.error.write(Array($0.utf8)) }
        log = ProgressLog { write($0 + "\n") }
        let replacesLines =
            progress == .auto && !verbose && isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb"
        area = replacesLines ? ProgressArea(style: errorStyle, size: Self.errorSize, write: write) : nil
    }

    /// Prints a result: the envelope with `--json`, else the lines; only what is printed is made.
    public func result(_ data: @autoclosure () -> JSONValue, lines: @autoclosure () -> [String]) {
        closeLine()
        if printsJSON {
            let envelope = Envelope.result(data(), warnings: warnings.withLock { $0 })
            envelope.writeCanonicalLine { StandardStream.output.write($0) }
        } else {
            StandardStream.output.write(lines: lines())
        }
    }

    /// Says what is being done now.
    public func step(_ text: String) {
        guard progress != .none, !isQuiet else { return }
        if let area { area.show(text.safeForTerminal) } else { log.note(text) }
    }

    /// Says how far a step is.
    public func step(_ meter: StepMeter) {
        guard progress != .none, !isQuiet else { return }
        if let area { area.show(meter) } else { log.note(meter) }
    }

    /// Prints a detail that only `-v` asks for.
    public func detail(_ text: String) {
        guard isVerbose, !isQuiet else { return }
        closeLine()
        write(errorStyle.dim(text.safeForTerminal) + "\n", to: .error)
    }

    /// Prints a warning and keeps it for the envelope.
    public func warn(_ text: String) {
        warnings.withLock { $0.append(text) }
        guard !printsJSON, !isQuiet else { return }
        closeLine()
        write(errorStyle.warning("warning:") + " \(text.safeForTerminal)\n", to: .error)
    }

    /// Prints a failure with what to do about it.
    ///
    /// - Parameters:
    ///   - code: What a program recognises it by.
    ///   - message: What happened.
    ///   - hint: What to do next.
    ///   - lines: What belongs to the message and is a line of its own.
    ///   - details: The same for programs.
    public func failure(
        code: String, message: String, hint: String?, lines: [String] = [], details: JSONValue = .null
    ) {
        closeLine()
        if printsJSON {
            let whole = ([message] + lines).joined(separator: "\n")
            let envelope = Envelope.failure(code: code, message: whole, hint: hint, details: details)
            write(envelope.canonicalText + "\n", to: .error)
            return
        }
        // A list in the message stays one; within a line a control character is none that a terminal obeys.
        let parts = message.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        write(errorStyle.bad("error:") + " \((parts.first ?? "").safeForTerminal)\n", to: .error)
        for line in parts.dropFirst() + lines { write("  \(line.safeForTerminal)\n", to: .error) }
        if let hint { write(errorStyle.dim("hint:  \(hint.safeForTerminal)") + "\n", to: .error) }
    }

    /// Says beside a result what happened, and what can be done next.
    public func note(_ text: String) {
        guard !isQuiet, !printsJSON else { return }
        closeLine()
        write("\(text.safeForTerminal)\n", to: .error)
    }

    /// Writes bytes as they are, as `exec` does with the output of a command.
    ///
    /// - Returns: whether all was written; not where nobody reads any more.
    @discardableResult
    public func raw(_ bytes: [UInt8], toStandardError: Bool) -> Bool {
        closeLine()
        return (toStandardError ? StandardStream.error : .output).write(bytes)
    }

    /// The width of the terminal in columns, where standard output is one.
    public var width: Int? {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }

    /// The size of the terminal at standard error; one that does not tell has 24 rows of 80 columns.
    @Sendable private static func errorSize() -> (rows: Int, columns: Int) {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return (24, 80) }
        return (max(1, Int(size.ws_row)), Int(size.ws_col))
    }

    private func closeLine() { area?.clear() }

    private func write(_ text: String, to stream: StandardStream) { stream.write(Array(text.utf8)) }
}
