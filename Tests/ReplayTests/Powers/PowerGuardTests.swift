// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import Steps
import TestSupport
import Testing

@testable import Replay

/// What reaches an engine of a snapshot from elsewhere.
@Suite(.timeLimit(.minutes(2))) struct PowerGuardTests {
    private static func engine() throws -> FakeEngine {
        try FakeEngine(newest: "1.51") { request in
            switch request.line {
            case "GET /info": return .json(["DefaultRuntime": "runc"])
            case "POST /containers/create":
                return .json(["Id": .string("new-" + (request.query["name"]?.first ?? ""))], status: 201)
            case "POST /images/create": return FakeAnswer(text: #"{"status":"sha256:empty"}"#)
            default:
                if request.method == "DELETE" { return .json([]) }
                guard request.method == "GET" else { return .done }
                return request.path.hasPrefix("/images/")
                    ? .json(["Id": "sha256:with"]) : .json(["Id": "x", "Mounts": []])
            }
        }
    }

    /// Makes the containers of a document; returns what was asked of the engine for the one named `app`.
    private static func make(
        _ document: EnvironmentDocument, granting granted: [String], trees: [SnapshotTree] = []
    ) async throws -> [FakeRequest] {
        let engine = try engine()
        var site = try await Sample.site(engine)
        site.guardian = PowerGuard(
            scope: PowerScope(document: document, folder: nil, movedSources: [:]), granted: Set(granted),
            access: LocalDataAccess(), trees: trees)
        let ids = Dictionary(document.engine.images.map { ($0.id, $0.id) }) { $1 }
        do {
            _ = try await ContainerMaker(captured: document.engine, site: site, imageIDs: ids).makeAll(report: .silent)
        } catch let error as ReplayError where error.code == .refused {
            #expect(!engine.changes.contains { $0.query["name"] == ["app"] }, "it was made all the same")
            throw error
        }
        return engine.changes.filter { $0.path == "/containers/create" && $0.query["name"] == ["app"] }
    }

    private static var cases: [PowerCase] { (PowerCase.plain + PowerCase.disguised).filter { !$0.capsule.isEmpty } }

    @Test(arguments: cases) func `nothing that was not granted is sent`(_ setting: PowerCase) async throws {
        let document = try setting.document()
        for granted in [[], setting.capsule.map { "\($0)=donor" }, setting.capsule.dropLast().map { "\($0)=app" }] {
            let error = await #expect(throws: ReplayError.self) { try await Self.make(document, granting: granted) }
            #expect(error?.code == .refused, "\(granted)")
        }
    }

    @Test(arguments: cases) func `what was listed and granted is sent`(_ setting: PowerCase) async throws {
        let document = try setting.document()
        let listed = PowerPlan(document, capsuleImage: "mine:1").requests.map(\.flag)
        let requests = try await Self.make(document, granting: listed)
        #expect(requests.count == 1)
        let sent = requests[0].json
        let host = setting.host.object?.members ?? []
        for member in host where !["Mounts", "Links", "CgroupnsMode", "Binds", "Sysctls"].contains(member.key) {
            #expect(sent["HostConfig"][member.key] == member.value, "\(member.key)")
        }
    }

    @Test(arguments: PowerCase.ordinary) func `an ordinary container needs no grant`(_ setting: PowerCase) async throws
    {
        #expect(try await Self.make(setting.document(), granting: []).count == 1)
    }

    @Test func `labels that the image adds are seen before the container is started`() throws {
        let document = try PowerCase.host([:]).document()
        func guardian(_ folder: String?, _ granted: Set<String> = []) -> PowerGuard {
            PowerGuard(
                scope: PowerScope(document: document, folder: folder, movedSources: [:]), granted: granted,
                access: LocalDataAccess(), trees: [])
        }
        let made: JSONValue = ["Config": ["Labels": ["traefik.enable": "true", "maintainer": "x"]]]
        let app = document.engine.containers[0]
        let error = #expect(throws: ReplayError.self) { try guardian("/s/r").made(app, as: made) }
        #expect(error?.code == .refused && error?.message.contains("label:traefik=app") == true)
        try guardian("/s/r", ["label:traefik=app"]).made(app, as: made)
        try guardian(nil).made(app, as: made)
        try guardian("/s/r").made(app, as: ["Config": ["Labels": ["maintainer": "x"]]])
    }

    @Test(
        arguments: [
            ("plain", false), ("folder/file", false), ("absent/deeper", false), ("link", true), ("link/below", true),
            ("folder/up", true), ("dangling", true), ("self", true),
        ])
    func `a bind source behind a link of the snapshot's own files is refused`(_ rest: String, _ isRefused: Bool)
        async throws
    {
        let folder = try TemporaryFolder()
        let tree = try folder.makeFolder("tree")
        let manager = FileManager.default
        for name in ["plain", "folder"] {
            try manager.createDirectory(atPath: "\(tree)/\(name)", withIntermediateDirectories: true)
        }
        _ = try folder.write([1], to: "tree/folder/file")
        for (name, target) in [("link", "/etc"), ("folder/up", ".."), ("dangling", "/nowhere"), ("self", "self")] {
            try manager.createSymbolicLink(atPath: "\(tree)/\(name)", withDestinationPath: target)
        }
        var setting = PowerCase.host(["Binds": [.string("/srv/foo/\(rest):/x:ro")]])
        let trees = [SnapshotTree(path: "/srv/foo", isFile: false, place: tree)]
        func attempt() async throws { _ = try await Self.make(setting.document(), granting: [], trees: trees) }
        if isRefused {
            let error = await #expect(throws: ReplayError.self) { try await attempt() }
            #expect(error?.message.contains("symbolic link") == true)
        } else {
            try await attempt()
        }
        setting.host = [
            "Mounts": [["Type": "bind", "Source": .string("/srv/foo/\(rest)"), "Target": "/x", "ReadOnly": true]]
        ]
        if isRefused { await #expect(throws: ReplayError.self) { try await attempt() } } else { try await attempt() }
    }
}
