// SPDX-License-Identifier: Apache-2.0

/// The head of a response.
public struct HTTPHead: Sendable {
    /// The status; 0 before there is one.
    public private(set) var status = 0
    private var headers: [(name: String, value: String)] = []

    init() {}

    /// Whether the request did what it should.
    public var isSuccess: Bool { (200..<300).contains(status) }

    /// The first header of a name.
    public subscript(name: String) -> String? { values(name).first }

    /// All headers of a name.
    public func values(_ name: String) -> [String] {
        let name = name.lowercased()
        return headers.filter { $0.name == name }.map(\.value)
    }

    /// Takes a line of the head; a status line begins it anew, as after `100 Continue`.
    mutating func take(_ line: String) {
        if line.hasPrefix("HTTP/") {
            let parts = line.split(separator: " ", maxSplits: 2)
            status = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
            headers = []
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...]
            headers.append((line[..<colon].lowercased(), Self.trimmed(value)))
        }
    }

    private static func trimmed(_ text: Substring) -> String {
        let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0.isNewline }
        guard let first = text.firstIndex(where: { !isSpace($0) }), let last = text.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(text[first...last])
    }
}
