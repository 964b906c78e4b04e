// SPDX-License-Identifier: Apache-2.0
import JSONTree
import Terminal
import Testing

@Suite struct TerminalTests {
    @Test(arguments: [
        ("plain", "plain"), ("\u{1B}]0;pwn\u{07}", "\\u{1b}]0;pwn\\u{7}"), ("a\u{202E}b", "a\\u{202e}b"), ("é…", "é…"),
    ])
    func `foreign text cannot steer the terminal`(text: String, expected: String) {
        #expect(text.safeForTerminal == expected)
    }

    @Test func `columns are as wide as their widest cell`() {
        var table = Table(["NAME", "STATE"])
        table.append(["a", "up"])
        table.append(["longer", "down"])
        #expect(table.lines() == ["NAME     STATE", "a        up", "longer   down"])
        #expect(table.lines(width: 8)[2] == "longer …")
    }

    @Test func `a cell is as wide as it is printed, and cannot steer the terminal`() {
        var table = Table(["A", "B"])
        table.append(["größer 大", "x"])
        table.append(["\u{1B}[1m", "e\u{301}"])
        table.append(["alone"])
        #expect(
            table.lines() == ["A           B", "größer 大    x", "\\u{1b}[1m   e\u{301}", "alone"])
        #expect(table.lines(width: 12)[2] == "\\u{1b}[1m  …")
        #expect(table.lines(width: 13)[2] == table.lines()[2])
    }

    @Test func `a tree is drawn with branches`() {
        let tree = Tree("root", [Tree("a", [Tree("b")]), Tree("c")])
        #expect(tree.lines == ["root", "├─ a", "│  └─ b", "└─ c"])
    }

    @Test(
        arguments: [
            (0, "0 B"), (999, "999 B"), (1000, "1.00 kB"), (1_234_567, "1.23 MB"), (99_949_999, "99.9 MB"),
            (735_000_000, "735 MB"), (1_322_000_000, "1.32 GB"), (5_000_000_000_000, "5.00 TB"),
            (10_050_000, "10.1 MB"),
        ] as [(Int64, String)])
    func `bytes are rounded to three digits`(count: Int64, expected: String) {
        #expect(Units.bytes(count) == expected)
    }

    @Test func `durations are short`() {
        #expect(Units.duration(.milliseconds(340)) == "340 ms")
        #expect(Units.duration(.milliseconds(12_440)) == "12.4 s")
        #expect(Units.duration(.seconds(200)) == "3 min 20 s")
    }

    @Test func `a count has its noun`() {
        #expect(Units.count(1, "layer") == "1 layer")
        #expect(Units.count(0, "layer") == "0 layers")
    }

    @Test func `the envelope has one shape`() {
        let result = Envelope.result(["id": "x"], warnings: ["w"])
        #expect(result.canonicalText == #"{"data":{"id":"x"},"version":1,"warnings":["w"]}"#)
        let failure = Envelope.failure(code: "noProject", message: "m", hint: nil)
        #expect(
            failure.canonicalText == #"{"error":{"code":"noProject","hint":null,"message":"m"},"version":1}"#)
        let detailed = Envelope.failure(code: "refused", message: "m", hint: "h", details: ["n": 1])
        #expect(
            detailed.canonicalText
                == #"{"error":{"code":"refused","details":{"n":1},"hint":"h","message":"m"},"version":1}"#)
    }
}
