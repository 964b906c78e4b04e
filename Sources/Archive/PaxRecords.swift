// SPDX-License-Identifier: Apache-2.0

/// The records of one pax extended header, in the order in which they were added.
///
/// Format: "%d %s=%s\n", POSIX.1-2017, pax, "pax Extended Header".
struct PaxRecords {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ keyword: [UInt8], _ value: [UInt8]) {
        // The length counts its own digits.
        let rest = keyword.count + value.count + 3
        var length = rest + String(rest).utf8.count
        length = rest + String(length).utf8.count
        bytes += Array(String(length).utf8)
        bytes.append(UInt8(ascii: " "))
        bytes += keyword
        bytes.append(UInt8(ascii: "="))
        bytes += value
        bytes.append(UInt8(ascii: "\n"))
    }

    mutating func add(_ keyword: String, _ value: [UInt8]) {
        add(Array(keyword.utf8), value)
    }

    mutating func add(_ keyword: String, _ value: Int64) {
        add(keyword, Array(String(value).utf8))
    }

    /// A time as a decimal number; "-4.5" is half a second after -5.
    mutating func add(_ keyword: String, _ time: Timestamp) {
        var seconds = time.seconds
        var fraction = time.nanoseconds
        var sign = ""
        if seconds < 0, fraction > 0 {
            seconds += 1
            fraction = 1_000_000_000 - fraction
            sign = seconds == 0 ? "-" : ""
        }
        var text = sign + String(seconds)
        if fraction > 0 {
            let digits = String(fraction)
            text += "." + String(repeating: "0", count: 9 - digits.count) + digits
            while text.last == "0" { text.removeLast() }
        }
        add(keyword, Array(text.utf8))
    }

    /// An extended attribute as GNU tar names it: "%" and "=" cannot stand in a keyword.
    mutating func add(_ attribute: ExtendedAttribute) {
        var keyword = PaxRecords.attributePrefix
        for byte in attribute.name {
            switch byte {
            case UInt8(ascii: "%"): keyword += Array("%25".utf8)
            case UInt8(ascii: "="): keyword += Array("%3D".utf8)
            default: keyword.append(byte)
            }
        }
        add(keyword, attribute.value)
    }

    static let attributePrefix = Array("SCHILY.xattr.".utf8)

    /// The inverse of the escapes in an attribute's keyword.
    static func attributeName(_ escaped: [UInt8]) -> [UInt8] {
        guard escaped.contains(UInt8(ascii: "%")) else { return escaped }
        var name: [UInt8] = []
        var rest = escaped[...]
        while let byte = rest.first {
            if rest.starts(with: "%25".utf8) || rest.starts(with: "%3D".utf8) {
                name.append(rest.starts(with: "%25".utf8) ? UInt8(ascii: "%") : UInt8(ascii: "="))
                rest = rest.dropFirst(3)
            } else {
                name.append(byte)
                rest = rest.dropFirst()
            }
        }
        return name
    }
}
