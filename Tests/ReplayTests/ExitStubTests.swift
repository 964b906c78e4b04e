// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct ExitStubTests {
    private static func engine() throws -> FakeEngine {
        try FakeEngine { request in
            switch request.line {
            case "GET /info": return .json(["Architecture": "x86_64"])
            case "HEAD /containers/new-c0/archive":
                let stat: JSONValue = [
                    "name": "x", "size": 1, "mode": 493, "mtime": "2026-11-01T10:00:00Z", "linkTarget": "",
                ]
                let header = Data(stat.canonicalBytes).base64EncodedString()
                return FakeAnswer(text: "", headers: ["X-Docker-Container-Path-Stat": header])
            default: return request.path.hasSuffix("/wait") ? .json(["StatusCode": 3]) : .done
            }
        }
    }

    /// The engine sees no link where a mount lies over it; the layer below may have one all the same.
    @Test(arguments: [("plain", true), ("link", false), ("link/deeper", false)])
    func `a program is not put behind a link of the layer`(_ place: String, _ isPlaced: Bool) async throws {
        let folder = try TemporaryFolder()
        let layer = try folder.makeFolder("layer")
        let outside = try folder.makeFolder("outside")
        try folder.makeFolder("outside/deeper")
        try folder.makeFolder("layer/data/plain")
        try FileManager.default.createSymbolicLink(atPath: layer + "/data/link", withDestinationPath: outside)
        let engine = try Self.engine()
        let container = Sample.restored(
            "c0", at: try await Sample.site(engine), state: ["Status": "exited", "ExitCode": 3])
        var exited = container.captured.inspect.object ?? JSONObject()
        exited["Path"] = .string("/data/\(place)/prog")
        let restored = RestoredContainer(
            captured: ContainerRecord(inspect: .object(exited)), id: "new-c0", site: container.site, imageID: "")
        try await ExitStub(container: restored, layer: layer, access: LocalDataAccess()).run()
        #expect(try Tool.run("find", outside, "-type", "f").isEmpty)
        #expect(FileManager.default.fileExists(atPath: layer + "/data/plain/prog") == isPlaced)
        #expect(engine.changes.contains { $0.path == "/containers/new-c0/start" } == isPlaced)
    }
}
