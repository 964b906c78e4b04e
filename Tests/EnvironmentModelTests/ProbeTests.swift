// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import Testing

@Suite struct ProbeTests {
    private static func probe(
        _ ending: ProbeResult.Ending, command: String = "nc -vz redis 6379", stdout: String = ""
    ) -> ProbeRecord {
        ProbeRecord(
            container: "corge/app", command: command, timeLimit: 30_000,
            result: ProbeResult(
                ending: ending, stdout: ProbeOutput(beginning: Array(stdout.utf8), bytes: Int64(stdout.utf8.count)),
                milliseconds: 12))
    }

    @Test(arguments: [
        ("corge/app: nc -vz redis 6379", "corge/app", "nc -vz redis 6379"), ("app:true", "app", "true"),
        (" a/b/c :  echo a: b ", "a/b/c", "echo a: b"),
    ])
    func `a probe is a path and a command`(_ text: String, _ container: String, _ command: String) {
        let request = ProbeRequest(parsing: text)
        #expect(request?.container == container)
        #expect(request?.command == command)
    }

    @Test(arguments: ["", "app", "app:", "app: ", ": true", "a//b: true", "/a: true", "a/: true"])
    func `without a path or a command it is none`(_ text: String) {
        #expect(ProbeRequest(parsing: text) == nil)
    }

    @Test(arguments: [ProbeResult.Ending.exited(0), .exited(137), .timedOut, .notRun("no shell")])
    func `a probe survives its JSON form`(_ ending: ProbeResult.Ending) throws {
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "", configFiles: [], composeVersion: nil),
            engine: try Sample.engine(), capturedAt: "t", toolVersion: "v")
        var probe = Self.probe(ending, stdout: "a\u{1B}\nb\n")
        probe.result.stderr = ProbeOutput(beginning: Array(repeating: 65, count: ProbeOutput.limit), bytes: 99_999)
        document.probes = [probe, Self.probe(.exited(1))]
        let again = try EnvironmentDocument(json: JSONValue(parsing: document.json.canonicalBytes))
        #expect(again == document)
        #expect(again.probes[0].result.stderr.isCut)
        #expect(again.probes[0].result.stdout.lines == ["a\u{1B}", "b"])
    }

    @Test(arguments: [
        #"[{"command":"x","timeLimitMilliseconds":1,"result":{"exitStatus":1}}]"#,
        #"[{"container":"a","command":"x","timeLimitMilliseconds":1,"result":{}}]"#,
        #"[{"container":"a","command":"x","timeLimitMilliseconds":0,"result":{"exitStatus":1}}]"#,
        #"[{"container":"/","command":"x","timeLimitMilliseconds":1,"result":{"exitStatus":1}}]"#,
        #"[{"container":"a","command":"x","timeLimitMilliseconds":1,"result":{"exitStatus":"1"}}]"#,
    ])
    func `a malformed probe is refused`(_ text: String) throws {
        let json = try JSONValue(
            parsing: #"{"formatVersion":2,"project":{"name":"p"},"capturedAt":"t","toolVersion":"v","#
                + #""engine":{"apiVersion":"1.41"},"probes":\#(text)}"#)
        #expect(throws: ModelError.self) { try EnvironmentDocument(json: json) }
    }

    @Test(arguments: [
        (ProbeResult.Ending.exited(1), ProbeResult.Ending.exited(1), true), (.exited(1), .exited(0), false),
        (.timedOut, .timedOut, true), (.timedOut, .exited(0), false), (.exited(1), .notRun("x"), false),
        (.notRun("x"), .notRun("x"), false),
    ])
    func `what counts is how it ended`(_ captured: ProbeResult.Ending, _ found: ProbeResult.Ending, _ same: Bool) {
        let verdict = ProbeVerdict(
            probe: Self.probe(captured, stdout: "12:01"), found: Self.probe(found, stdout: "12:02").result, attempts: 2)
        #expect(verdict.isReproduced == same)
        #expect(verdict.json["reproduced"] == .bool(same))
        #expect(verdict.json["attempts"] == 2)
        #expect(!verdict.found.hasOutput(of: verdict.probe.result))
    }

    @Test func `a difference names probes that ended otherwise, and those of one side`() throws {
        let engine = try Sample.engine()
        let document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "", configFiles: [], composeVersion: nil),
            engine: engine, capturedAt: "t", toolVersion: "v")
        var difference = EnvironmentDifference(captured: document, found: engine, project: nil, for: .difference)
        #expect(difference.isEqual)
        let same = Self.probe(.exited(0), command: "true")
        difference.addProbes(captured: [same], found: [same])
        #expect(difference.isEqual)
        difference.addProbes(
            captured: [same, Self.probe(.exited(1)), Self.probe(.timedOut, command: "old")],
            found: [Self.probe(.exited(0)), same, Self.probe(.exited(0), command: "new")])
        #expect(
            difference.fields.map { "\($0.object): \($0.field)" } == [
                "probe corge/app: nc -vz redis 6379: result", "probe corge/app: old: exists",
                "probe corge/app: new: exists",
            ])
        #expect(difference.fields[0].captured == "exit status 1")
        let sections = DifferenceOutline(difference).sections
        #expect(sections.map(\.title) == ["host corge"])
        #expect(sections[0].groups[0].lines[0].aspect == "result")
    }
}
