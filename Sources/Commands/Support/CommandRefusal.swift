// SPDX-License-Identifier: Apache-2.0

/// A command that an engine could not start, with the exit status that shells and the docker command have for it.
struct CommandRefusal: Sendable, Equatable {
    /// 127 where there is no such command, 126 where it cannot be run (POSIX, "Exit Status for Commands").
    let status: Int32
    /// What is said of it.
    let message: String
    /// Whether it is worth being tried again.
    let isPassing: Bool

    /// How engines begin what they say in the place of a command's output.
    private static let beginning = "OCI runtime exec failed"

    /// Whether output begins as an engine's own words do.
    static func mayBegin(_ bytes: [UInt8]) -> Bool { bytes.starts(with: beginning.utf8) }

    /// Reads what an engine says of a command; nil where that is about something else.
    ///
    /// Engines up to 24 say it in the stream, later ones in an error's message.
    init?(engineSays text: String, command: [String]) {
        guard let start = text.firstRange(of: Self.beginning) else { return nil }
        let words = text[start.lowerBound...].split(whereSeparator: \.isNewline).joined(separator: " ")
        let name = command.first ?? ""
        isPassing = words.contains("connection reset by peer")
        if words.contains("executable file not found") {
            status = 127
            message = "there is no command \"\(name)\" there"
        } else if words.contains("no such file or directory"), !words.contains("chdir to cwd") {
            status = 127
            message = "there is no command \"\(name)\" there, or not what it is to be run by"
        } else if words.contains("permission denied") {
            status = 126
            message = "the command \"\(name)\" may not be run there"
        } else {
            status = 126
            message = "the command \"\(name)\" cannot be started: \(words)"
        }
    }
}
