// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Cuts what a program writes for a terminal into lines: without colours, cursor movements and empty lines.
struct LineSplitter {
    private var pending: [UInt8] = []

    /// Takes more bytes in and returns the lines that are complete.
    mutating func add(_ bytes: some Sequence<UInt8>) -> [String] {
        pending += bytes
        // A carriage return begins the same line anew, as programs do that show progress.
        guard let end = pending.lastIndex(where: { $0 == 10 || $0 == 13 }) else { return [] }
        let whole = pending[...end]
        let lines = Self.lines(whole)
        pending = Array(pending[(end + 1)...])
        return lines
    }

    /// What is left at the end.
    var rest: [String] { Self.lines(pending[...]) }

    /// The lines of a text.
    static func lines(_ bytes: ArraySlice<UInt8>) -> [String] {
        bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).compactMap { line in
            let text = plain(String(decoding: line, as: UTF8.self))
            return text.allSatisfy(\.isWhitespace) ? nil : text
        }
    }

    /// The text without escape sequences (ECMA-48, section 5.4) and without spaces at its end.
    private static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        var isEscape = false
        for scalar in text.unicodeScalars {
            if isEscape {
                // `[` opens a sequence, which ends with a letter.
                if scalar != "[", (0x40...0x7E).contains(scalar.value) { isEscape = false }
            } else if scalar == "\u{1B}" {
                isEscape = true
            } else {
                plain.append(scalar)
            }
        }
        var result = String(plain)
        while result.last?.isWhitespace == true { result.removeLast() }
        return result
    }
}

/// The last lines of an output, kept from several threads.
final class LineTail: Sendable {
    private static let limit = 200
    private let kept = Mutex<[String]>([])

    func add(_ line: String) {
        kept.withLock { lines in
            lines.append(line)
            if lines.count > Self.limit { lines.removeFirst() }
        }
    }

    var lines: [String] { kept.withLock { $0 } }
}
