// SPDX-License-Identifier: Apache-2.0

/// Writes JSON with sorted keys, compact or indented.
struct JSONWriter {
    /// How much is collected before it is handed on.
    private static let pieceSize = 1 << 16

    private let indentation: Int?
    private let sink: (([UInt8]) -> Void)?
    private var level = 0
    /// What was written and not handed on.
    private(set) var bytes: [UInt8] = []

    /// A writer that keeps all, or hands it on to `sink` piece by piece.
    init(indentation: Int?, sink: (([UInt8]) -> Void)? = nil) {
        self.indentation = indentation
        self.sink = sink
    }

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
        bytes.append(UInt8(ascii: "["))
        level += 1
        for (index, element) in elements.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            write(element)
            handOn()
        }
        level -= 1
        if !elements.isEmpty { breakLine() }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func write(_ object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        level += 1
        for (index, member) in object.sorted.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            breakLine()
            write(member.key)
            bytes.append(UInt8(ascii: ":"))
            if indentation != nil { bytes.append(UInt8(ascii: " ")) }
            write(member.value)
        }
        level -= 1
        if !object.isEmpty { breakLine() }
        bytes.append(UInt8(ascii: "}"))
    }

    private mutating func write(_ string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { text in
            var start = 0
            for index in text.indices where Self.isEscaped(text[index]) {
                put(text[start..<index])
                escape(text[index])
                start = index + 1
            }
            put(text[start...])
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

    private mutating func handOn() {
        guard let sink, bytes.count >= Self.pieceSize else { return }
        sink(bytes)
        bytes.removeAll(keepingCapacity: true)
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(UInt8(ascii: "\n"))
        bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: level * indentation))
    }

    private mutating func put(_ text: Slice<UnsafeBufferPointer<UInt8>>) {
        // As a buffer of its own it is copied at once, and not byte by byte.
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text))
    }

    private mutating func put(_ text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }
}
