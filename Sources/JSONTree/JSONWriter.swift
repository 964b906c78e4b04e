// SPDX-License-Identifier: Apache-2.0

/// Writes JSON with sorted keys, compact or indented.
struct JSONWriter {
    private let indentation: Int?
    private var level = 0
    private(set) var bytes: [UInt8] = []

    init(indentation: Int?) { self.indentation = indentation }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .number(let literal): put(literal)
        case .string(let string): write(string)
        case .array(let elements): write(elements)
        case .object(let object): write(object)
        }
    }

    private mutating func write(_ elements: [JSONValue]) {
        put("[")
        level += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { put(",") }
            breakLine()
            write(element)
        }
        level -= 1
        if !elements.isEmpty { breakLine() }
        put("]")
    }

    private mutating func write(_ object: JSONObject) {
        put("{")
        level += 1
        for (index, member) in object.sorted.enumerated() {
            if index > 0 { put(",") }
            breakLine()
            write(member.key)
            put(indentation == nil ? ":" : ": ")
            write(member.value)
        }
        level -= 1
        if !object.isEmpty { breakLine() }
        put("}")
    }

    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { text in
            var rest = text[...]
            while let index = rest.firstIndex(where: Self.isEscaped) {
                bytes.append(contentsOf: rest[..<index])
                escape(rest[index])
                rest = rest[(index + 1)...]
            }
            bytes.append(contentsOf: rest)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func isEscaped(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func escape(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): put("\\\"")
        case UInt8(ascii: "\\"): put("\\\\")
        case 0x08: put("\\b")
        case 0x09: put("\\t")
        case 0x0A: put("\\n")
        case 0x0C: put("\\f")
        case 0x0D: put("\\r")
        default: put("\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16))
        }
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * indentation))
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }
}
