// SPDX-License-Identifier: Apache-2.0

/// The status line and the header fields of an answer, RFC 9112 sections 4 and 5.
struct HTTPHead: Sendable {
    var status: Int
    var isVersion11: Bool
    var headers: [(name: String, value: String)]

    /// The values of a field, in whatever case its name was sent.
    func values(_ name: String) -> [String] {
        headers.lazy.filter { $0.name.lowercased() == name }.map(\.value)
    }

    /// The comma-separated words of a field, in lower case.
    func words(_ name: String) -> [String] {
        values(name).flatMap { $0.split(separator: ",") }.map { $0.trimmingSpaces().lowercased() }
    }

    /// Whether the connection may carry another request afterwards, RFC 9112 section 9.3.
    var keepsAlive: Bool {
        let connection = words("connection")
        return !connection.contains("close") && (isVersion11 || connection.contains("keep-alive"))
    }

    /// Reads the lines of a head, without the empty one at its end.
    init(lines: [String]) throws(HTTPFault) {
        guard let status = lines.first else { throw .malformed("it is empty") }
        let parts = status.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "HTTP/1.1" || parts[0] == "HTTP/1.0" else {
            throw .notHTTP(String(status.prefix(200)))
        }
        guard parts[1].utf8.count == 3, let code = Int(parts[1]), code >= 100 else {
            throw .malformed("its status is \"\(parts[1].prefix(20))\"")
        }
        self.status = code
        isVersion11 = parts[0] == "HTTP/1.1"
        headers = []
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":"), colon != line.startIndex,
                !line[..<colon].contains(where: { $0 == " " || $0 == "\t" })
            else { throw .malformed("a header line has no name") }
            headers.append((String(line[..<colon]), line[line.index(after: colon)...].trimmingSpaces()))
        }
    }
}

extension StringProtocol {
    /// The text without blanks and tabs round it.
    func trimmingSpaces() -> String {
        let isSpace = { (character: Character) in character == " " || character == "\t" }
        return String(drop(while: isSpace).reversed().drop(while: isSpace).reversed())
    }
}
