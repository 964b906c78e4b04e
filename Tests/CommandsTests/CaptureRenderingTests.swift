// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Glibc
import JSONTree
import Terminal
import TestSupport
import Testing

@testable import Capture
@testable import Commands
@testable import LiveEnvironment
@testable import Snapshots

/// Of the process's own standard output, which leads to a file meanwhile.
@Suite struct CaptureRenderingTests {
    private static func output(json: Bool, _ change: (inout EnvironmentDocument) -> Void = { _ in }) throws -> String {
        var document = try Sample.document()
        document.pauseMilliseconds = 340
        change(&document)
        let result = CaptureResult(
            id: try Sample.digest("e"), document: document, account: .init(read: 5_000_000, new: 2000, stored: 700))
        let console = Console(json: json, quiet: true, verbose: false, progress: .none, environment: ["NO_COLOR": "1"])
        let folder = try TemporaryFolder()
        let file = open(folder.path("output"), O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        StandardOutput.leading(to: file) { CaptureRendering(result: result).show(on: console) }
        return String(decoding: try folder.read("output"), as: UTF8.self)
    }

    private static let id = String(repeating: "e", count: 64)

    @Test func `a capture is told in a few lines`() throws {
        #expect(
            try Self.output(json: false) == """
                captured foo as eeeeeeeeeeee
                  id      \(Self.id)
                  holds   1 host, 3 containers, 2 images, 2 volumes
                  read    5.00 MB, 2.00 kB of it new, stored in 700 B
                  paused  340 ms\n
                """)
    }

    @Test func `what is missing and what changed is said`() throws {
        let output = try Self.output(json: false) { document in
            document.name = "before"
            document.notCaptured = [Remark(object: "v", text: "left out", weight: .loss)]
            document.changedMeanwhile = [Remark(object: "c", text: "ended", weight: .note)]
        }
        #expect(output.hasPrefix("captured foo as before, incomplete\n"))
        #expect(output.hasSuffix("  changed 1 thing meanwhile (show lists them)\n"))
    }

    @Test func `programs get all of it`() throws {
        let output = try JSONValue(
            parsing: try Self.output(json: true) { document in
                document.notCaptured = [Remark(object: "v", text: "left out", weight: .loss)]
            })
        #expect(output["version"] == 1)
        #expect(
            output["data"] == [
                "id": .string(Self.id), "name": nil, "complete": false, "changedMeanwhile": [],
                "notCaptured": [["object": "v", "text": "left out", "weight": "loss"]], "pauseMilliseconds": 340,
                "bytes": ["read": 5_000_000, "new": 2000, "stored": 700], "probes": [],
            ])
        #expect(output["warnings"] == ["not captured: v: left out"])
    }

    @Test func `a plan tells what would be read and left out`() async throws {
        let engine = try FakeEngine { _ in nil }
        let environment = ObservedEngine(
            engine: try await engine.connect(), path: .outermost, paths: .outermost, hostIDs: [],
            record: try Sample.document().engine)
        var plan = CapturePlan()
        plan.items = [
            .init(role: .tree(path: "/srv/foo"), title: "/srv/foo", path: "/srv/foo", isFile: false, exclusions: [])
        ]
        plan.remarks = [Remark(object: "/proc", text: "belongs to the machine", weight: .note)]
        #expect(
            PlanRendering.lines(environment, plan) == [
                "engine . (20.10.24): 2 containers, 2 images, 2 volumes, 2 networks", "would read /srv/foo",
                "would leave out /proc: belongs to the machine",
            ])
        let json = PlanRendering.json(environment, plan)
        #expect(json["reads"] == [["what": "/srv/foo", "path": "/srv/foo"]])
        #expect(json["engines"] == ["."])
        #expect(json["notCaptured"].array?.count == 1)
    }
}
