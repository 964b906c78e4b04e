// SPDX-License-Identifier: Apache-2.0

/// Percent-encoding of names in paths and queries, RFC 3986 section 2.
enum PercentEncoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Encodes all but unreserved characters and those in `kept`.
    private static func encode(_ text: String, keeping kept: String.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: bytes.append(byte)
            case _ where kept.contains(byte): bytes.append(byte)
            default: bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Encodes one segment of a path; `:` and `@` are allowed there and common in image names.
    static func segment(_ text: String) -> String { encode(text, keeping: ":@".utf8) }

    /// The query of a request with its question mark; empty without items.
    static func query(_ items: [(String, String)]) -> String {
        guard !items.isEmpty else { return "" }
        return "?"
            + items.map { encode($0.0, keeping: "".utf8) + "=" + encode($0.1, keeping: "/:,".utf8) }
            .joined(separator: "&")
    }
}
