// SPDX-License-Identifier: Apache-2.0
import JSONTree
import Testing

@Suite struct JSONValueTests {
    @Test func `numbers keep their literal`() throws {
        let text = #"[9223372036854775807,18446744073709551615,1e400,0.10,-0]"#
        #expect(try JSONValue(parsing: text).canonicalText == text)
    }

    @Test func `keys are sorted by their bytes`() throws {
        let value = try JSONValue(parsing: #" { "b" : 1 , "a" : [ true , null ] , "B" : "x/y" } "#)
        #expect(value.canonicalText == #"{"B":"x/y","a":[true,null],"b":1}"#)
    }

    @Test func `canonically equivalent strings are different`() throws {
        let composed = JSONValue.string("caf\u{E9}")
        let decomposed = JSONValue.string("cafe\u{301}")
        #expect(composed != decomposed)
        let object = try JSONValue(parsing: "{\"caf\u{E9}\":1,\"cafe\u{301}\":2}")
        #expect(object.object?.count == 2)
        #expect(object["cafe\u{301}"].int == 2)
    }

    @Test(arguments: [
        (#""\u0041\n\t\"\\\/""#, "A\n\t\"\\/"), (#""\uD83D\uDE00""#, "😀"), (#""é""#, "é"), (#""""#, ""),
    ])
    func `escapes are read`(text: String, expected: String) throws {
        #expect(try JSONValue(parsing: text).string == expected)
    }

    @Test func `control characters are escaped`() {
        #expect(JSONValue.string("a\u{01}\u{1F}\n").canonicalText == #""a\u0001\u001f\n""#)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", "+1", "nul", "\"a", "\"\\x\"", "\"\u{01}\"", "[1] 2", "{1:2}",
        "{\"a\":1,\"a\":2}", "\"\\uD83D\\u0041\"",
    ])
    func `what is no JSON is refused`(text: String) {
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
    }

    @Test func `text that is not UTF-8 is refused`() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test func `depth is limited`() {
        let text = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(throws: Never.self) { try JSONValue(parsing: text.utf8, maximumDepth: 200) }
    }

    @Test func `pretty text reads back to the same value`() throws {
        let value: JSONValue = ["a": [1, 2, ["x": nil]], "empty": [], "nothing": [:]]
        #expect(try JSONValue(parsing: value.prettyText) == value)
    }

    @Test func `members can be set and removed`() {
        var object = JSONObject(["b": 1, "a": 2])
        object["c"] = 3
        object["b"] = nil
        #expect(object.keys == ["a", "c"])
    }

    @Test func `a literal may have its keys in any order, and the last of two counts`() {
        let value: JSONValue = ["b": 1, "a": 2, "c": 3, "b": 4, "a": 5]
        #expect(value.canonicalText == #"{"a":5,"b":4,"c":3}"#)
        #expect(value.object?.keys == ["b", "a", "c"])
        let twice: JSONValue = ["a": 1, "b": 2, "b": 3]
        #expect(twice.canonicalText == #"{"a":1,"b":3}"#)
    }

    @Test func `keys are sorted whatever became of their order`() {
        var object = JSONObject(["a": 1, "c": 3])
        object["b"] = 2
        object["a"] = nil
        object["a"] = 4
        #expect(object.sorted.map(\.key) == ["a", "b", "c"])
        #expect(object.keys == ["c", "b", "a"])
        #expect(object == JSONObject(["a": 4, "b": 2, "c": 3]))
    }

    @Test func `pieces of a long text are the text`() {
        let long: JSONValue = [
            "data": .array((0..<20_000).map { ["number": .int($0), "text": "a \"line\"\n"] }), "end": 1,
        ]
        for value in [long, "short", .array([.string(String(repeating: "x", count: 200_000)), nil])] {
            var pieces: [[UInt8]] = []
            value.writeCanonicalLine { pieces.append($0) }
            #expect(Array(pieces.joined()) == value.canonicalBytes + Array("\n".utf8))
            #expect(pieces.count > (value == long ? 5 : 0))
        }
    }
}
