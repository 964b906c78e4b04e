// SPDX-License-Identifier: Apache-2.0

/// A file time: whole seconds since 1970 and the nanoseconds after them, as `struct timespec` has it.
public struct Timestamp: Sendable, Hashable, Comparable, Codable {
    /// Whole seconds, rounded down; negative before 1970.
    public let seconds: Int64
    /// Nanoseconds after `seconds`, 0 to 999,999,999.
    public let nanoseconds: Int32

    /// Nanoseconds are brought into range, carrying into the seconds.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        let billion: Int32 = 1_000_000_000
        var carry = Int64(nanoseconds / billion)
        var rest = nanoseconds % billion
        if rest < 0 {
            rest += billion
            carry -= 1
        }
        self.seconds = seconds + carry
        self.nanoseconds = rest
    }

    /// Earlier times come first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
