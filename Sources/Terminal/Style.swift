// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Emphasis in a terminal: escape sequences, or nothing where colour is not wanted.
public struct Style: Sendable {
    /// Whether escape sequences are written.
    public let isColoured: Bool

    /// A style that writes escape sequences or does not.
    public init(isColoured: Bool) { self.isColoured = isColoured }

    /// The style for a file descriptor: coloured on a terminal, unless `NO_COLOR` is set (no-color.org).
    public init(for descriptor: Int32, environment: [String: String]) {
        let isRefused = !(environment["NO_COLOR"] ?? "").isEmpty || environment["TERM"] == "dumb"
        isColoured = !isRefused && isatty(descriptor) == 1
    }

    /// Bold text.
    public func bold(_ text: String) -> String { wrap(text, "1") }
    /// Text of less weight.
    public func dim(_ text: String) -> String { wrap(text, "2") }
    /// Text that says that all is well.
    public func good(_ text: String) -> String { wrap(text, "32") }
    /// Text that warns.
    public func warning(_ text: String) -> String { wrap(text, "33") }
    /// Text that tells of a failure.
    public func bad(_ text: String) -> String { wrap(text, "31") }

    private func wrap(_ text: String, _ code: String) -> String {
        isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
