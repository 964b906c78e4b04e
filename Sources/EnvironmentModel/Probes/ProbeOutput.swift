// SPDX-License-Identifier: Apache-2.0
public import JSONTree

/// What a probe wrote to one of its two streams, up to a limit.
public struct ProbeOutput: Sendable, Equatable {
    /// How many bytes of a stream are kept.
    public static let limit = 32 << 10

    /// The beginning of what was written; bytes that are no UTF-8 are U+FFFD.
    public var text: String
    /// How many bytes were written.
    public var bytes: Int64
    /// Whether more was written than is kept.
    public var isCut: Bool

    /// What came of a stream that wrote nothing.
    public static let none = ProbeOutput(beginning: [], bytes: 0)

    /// The first bytes of a stream, and how many there were.
    public init(beginning: [UInt8], bytes: Int64) {
        text = String(decoding: beginning.prefix(Self.limit), as: UTF8.self)
        self.bytes = bytes
        isCut = bytes > Self.limit
    }

    /// Whether nothing was written.
    public var isEmpty: Bool { bytes == 0 }

    /// The lines of the text.
    public var lines: [String] {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map(String.init)
        if lines.last?.isEmpty == true { lines.removeLast() }
        return lines
    }

    init(json: JSONValue) {
        text = json["text"].string ?? ""
        bytes = json["bytes"].int ?? Int64(text.utf8.count)
        isCut = json["cut"].bool ?? false
    }

    /// The JSON form; null where nothing was written.
    public var json: JSONValue {
        guard !isEmpty else { return .null }
        return .compact([
            "text": .string(text), "bytes": .int(bytes), "cut": isCut ? true : .null,
        ])
    }
}
