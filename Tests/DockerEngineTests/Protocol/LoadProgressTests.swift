// SPDX-License-Identifier: Apache-2.0

import JSONTree
import Testing

@testable import DockerEngine

@Suite("What an engine says while it loads")
struct LoadProgressTests {
    @Test("every line is a value")
    func lines() throws {
        let text = "{\"stream\":\"Loaded image: a:b\\n\"}\r\n\n{\"status\":\"done\"}"
        let values = try LoadProgress.values(in: Array(text.utf8))
        #expect(values.map { $0["stream"].string } == ["Loaded image: a:b\n", nil])
        #expect(values.last?["status"].string == "done")
        #expect(try LoadProgress.values(in: []).isEmpty)
    }

    @Test(
        "an error on any line is an error",
        arguments: [
            "{\"status\":\"x\"}\n{\"errorDetail\":{\"message\":\"no space left\"},\"error\":\"e\"}\n",
            "{\"error\":\"no space left\"}",
        ])
    func error(text: String) async {
        let error = await expectError(.engineFailure) { try LoadProgress.values(in: Array(text.utf8)) }
        #expect(error?.message.contains("no space left") == true)
    }

    @Test("half a line is no answer")
    func broken() async {
        await expectError(.protocolViolation) { try LoadProgress.values(in: Array("{\"stream\":".utf8)) }
    }
}
