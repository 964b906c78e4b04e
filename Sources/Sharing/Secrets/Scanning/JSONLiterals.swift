// SPDX-License-Identifier: Apache-2.0

/// Walks through the strings of a JSON text and says where each is written.
///
/// The text stays as it is written, so that another value can take a place without anything else moving. It has to be
/// sound: whoever calls has parsed it before.
struct JSONLiterals {
    /// One step from the root to a value.
    enum Step: Equatable {
        case member(String)
        case element(Int)
    }

    /// A string at its place.
    struct Literal {
        /// The way to it.
        let path: [Step]
        /// What stands between its quotes.
        let range: Range<Int>
        /// Whether it is the name of a member and not a value.
        let isName: Bool
    }

    /// Deeper texts are not walked to their end: no engine writes them, and the stack is not endless.
    private static let deepest = 256

    private let text: [UInt8]
    private var position = 0
    private var path: [Step] = []
    private let visit: (Literal) -> Void

    private init(_ text: [UInt8], _ visit: @escaping (Literal) -> Void) { (self.text, self.visit) = (text, visit) }

    /// Calls the body for each string, in their order.
    static func forEach(in text: [UInt8], _ body: (Literal) -> Void) {
        withoutActuallyEscaping(body) { body in
            var walk = JSONLiterals(text, body)
            walk.value()
        }
    }

    private mutating func skipBlanks() {
        while position < text.count, text[position].isBlank || text[position].isLineEnd { position += 1 }
    }

    private mutating func value() {
        skipBlanks()
        guard position < text.count else { return }
        guard path.count < Self.deepest else {
            position = text.count
            return
        }
        switch text[position] {
        case UInt8(ascii: "{"): object()
        case UInt8(ascii: "["): array()
        case UInt8(ascii: "\""): visit(Literal(path: path, range: string(), isName: false))
        default:
            while position < text.count, !",]}".utf8.contains(text[position]), !text[position].isLineEnd {
                position += 1
            }
        }
        skipBlanks()
    }

    private mutating func object() {
        position += 1
        skipBlanks()
        while position < text.count, text[position] == UInt8(ascii: "\"") {
            let name = string()
            visit(Literal(path: path, range: name, isName: true))
            skipBlanks()
            position += 1
            path.append(.member(SecretWriting.escaped.read(text[name]).text))
            value()
            path.removeLast()
            guard position < text.count, text[position] == UInt8(ascii: ",") else { break }
            position += 1
            skipBlanks()
        }
        position += 1
    }

    private mutating func array() {
        position += 1
        skipBlanks()
        var index = 0
        while position < text.count, text[position] != UInt8(ascii: "]") {
            path.append(.element(index))
            value()
            path.removeLast()
            index += 1
            guard position < text.count, text[position] == UInt8(ascii: ",") else { break }
            position += 1
        }
        position += 1
    }

    private mutating func string() -> Range<Int> {
        position += 1
        let start = position
        while position < text.count, text[position] != UInt8(ascii: "\"") { position += text[position] == 0x5C ? 2 : 1 }
        let end = min(position, text.count)
        position += 1
        return start..<end
    }
}
