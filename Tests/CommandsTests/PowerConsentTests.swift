// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import OCI
import Testing

@testable import Catalogue
@testable import Commands
@testable import Replay

@Suite struct PowerConsentTests {
    private static let asked = [
        PowerRequest(power: Power("privileged", "all rights"), path: "."),
        PowerRequest(power: Power("cap", "NET_ADMIN", "a capability"), path: "host/app"),
        PowerRequest(power: Power("device-rule", "c 1:3 rwm", "devices"), path: "app"),
        PowerRequest(power: Power("unknown", "it's $(reboot)\u{1B}", "nobody knows"), path: "app"),
    ]

    private static func consent(_ allowed: [String], asked: [PowerRequest] = asked) throws -> PowerConsent {
        let snapshot = SnapshotRecord(
            id: try Digest(hex: String(repeating: "a", count: 64)), name: "before", createdAt: "", project: "foo",
            isComplete: true, documentSize: 1, hostCount: 0, containerCount: 0, volumeCount: 0, imageCount: 0,
            rawSize: 0, origin: SnapshotOrigin(kind: .imported, source: "/x/before.envsnap", receivedAt: ""))
        return PowerConsent(
            snapshot: snapshot, asked: asked, allowed: allowed,
            command: ["/usr/local/bin/envsnap", "replay", "my file.envsnap", "--as", "x"]
                + allowed.flatMap { ["--allow", $0] })
    }

    @Test func `the refusal has every power, what it means, and a command that a shell takes`() throws {
        let failure = try #require(throws: Failure.self) { try Self.consent([]).refuseMissing() }
        #expect(failure.code == "refused" && failure.status == .refused)
        #expect(failure.message.contains("/x/before.envsnap"))
        for request in Self.asked {
            #expect(failure.lines.contains(request.flag) && failure.lines.contains("    " + request.power.meaning))
        }
        let command = try #require(failure.details["command"].string)
        #expect(failure.hint?.hasSuffix(command) == true)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "envsnap() { printf '%s\\n' \"$@\"; }; " + command]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let words = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            .split(separator: "\n").map(String.init)
        process.waitUntilExit()
        #expect(words == ["replay", "my file.envsnap", "--as", "x"] + Self.asked.flatMap { ["--allow", $0.flag] })
        #expect(try Self.consent(Array(words.suffix(8).filter { $0 != "--allow" })).lines.count == 9)
        try Self.consent(Self.asked.map(\.flag)).refuseMissing()
    }

    @Test func `what was allowed is not printed as missing, and is told apart for programs`() throws {
        let failure = try #require(throws: Failure.self) { try Self.consent(["privileged=."]).refuseMissing() }
        #expect(!failure.lines.contains("privileged=."))
        #expect((failure.details["powers"].array ?? []).map { $0["allowed"] } == [true, false, false, false])
        #expect((failure.details["powers"].array ?? []).map { $0["object"] } == [".", "host/app", "app", "app"])
    }

    @Test(arguments: [
        "privileged", "privileged=", "privileged=app", "cap:net_admin=host/app", "all=.", "", "*", "privileged=. ",
    ])
    func `what is not asked for cannot be allowed`(_ value: String) throws {
        let failure = try #require(throws: Failure.self) { try Self.consent([value]).refuseUnknown() }
        #expect(failure.status == .usage && failure.lines.contains("privileged=."))
        let nothing = try #require(throws: Failure.self) { try Self.consent([value], asked: []).refuseUnknown() }
        #expect(nothing.message.contains("asks for nothing"))
    }

    @Test func `who asks for nothing is not refused`() throws {
        try Self.consent([], asked: []).refuseMissing()
        try Self.consent([], asked: []).refuseUnknown()
    }
}

@Suite struct OldEngineTests {
    @Test(
        arguments: [
            ("20.10.24+dfsg1", "1.1.5", true), ("29.5.1", "1.3.3", false), ("29.5.1", "1.2.8", false),
            ("29.5.0", "1.3.3", true), ("30.0.0", "1.4.0", false), ("29.6.0", "1.3.2", true), ("29.6.0", "1.2.7", true),
            ("28.5.2", "", true), ("", "", true),
        ])
    func `engines and runtimes with known holes are told of`(_ engine: String, _ runtime: String, _ isTold: Bool) {
        let version: JSONValue = [
            "Version": .string(engine),
            "Components": [
                ["Name": "Engine", "Version": .string(engine)], ["Name": "runc", "Version": .string(runtime)],
            ],
        ]
        #expect((OldEngine(version: version).sentence != nil) == isTold)
    }
}
