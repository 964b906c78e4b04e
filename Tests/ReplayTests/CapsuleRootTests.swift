// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import JSONTree
import LiveEnvironment
import OCI
import Steps
import TestSupport
import Testing

@testable import Replay

@Suite(.enabled(if: geteuid() == 0), .timeLimit(.minutes(1))) struct CapsuleRootTests {
    private let fixture: StoreFixture
    private let image: ImageRecord

    init() throws {
        fixture = try StoreFixture()
        try fixture.makeLayers()
        image = try fixture.image("config1", layers: ["base.tar", "upper.tar", "other.tar"], tags: ["dind:1"])
        try fixture.store(["base.tar", "upper.tar", "other.tar", "config1"], as: [image])
        try fixture.shell("mkdir layer")
    }

    /// An engine that makes a container whose layer is the folder's `layer`, with images that appear when loaded.
    private func engine(driver: String = "overlay2") throws -> FakeEngine {
        let layer = JSONValue.string(fixture.folder.path("layer"))
        let loaded = Reports()
        let id = image.id
        return try FakeEngine { request in
            switch request.line {
            case "GET /info": return .json(["Driver": .string(driver)])
            case "GET /containers/cap/json":
                return .json(["Id": "cap", "GraphDriver": ["Name": .string(driver), "Data": ["UpperDir": layer]]])
            case "POST /images/create": return FakeAnswer(text: #"{"status":"sha256:1"}"#)
            case "POST /images/load":
                loaded.add(id)
                return FakeAnswer(text: "{}")
            case "DELETE /images/envsnap/capsule:again": return .json([])
            default:
                guard request.path.hasPrefix("/images/"), request.method == "GET" else { return .done }
                let name = String(request.path.dropFirst("/images/".count).dropLast("/json".count))
                return loaded.all.contains(name) ? .json(["Id": .string(name)]) : nil
            }
        }
    }

    /// Makes a capsule; returns from which names a container was asked for, and what was reported.
    private func make(_ unpacked: ImageRecord?, on engine: FakeEngine) async throws -> ([String], [String]) {
        let (names, reports) = (Reports(), Reports())
        let root = CapsuleRoot(
            engine: try await engine.connect(), access: LocalDataAccess(), library: fixture.library,
            report: StepReport { reports.add($0) })
        let capsule = CapsuleImage(
            reference: "envsnap/capsule:again", entrypoint: .null, command: .null, environment: .null,
            usesOverlay2: true, unpacked: unpacked)
        let id = try await root.make(from: capsule) { image in
            names.add(image.reference)
            return "cap"
        }
        #expect(id == "cap")
        return (names.all, reports.all)
    }

    @Test func `an image of the engine's own is used as it is`() async throws {
        let engine = try engine()
        let (names, reports) = try await make(nil, on: engine)
        #expect(names == ["envsnap/capsule:again"])
        #expect(reports.isEmpty)
        #expect(engine.requests.isEmpty)
    }

    @Test func `layers are unpacked onto each other into a container of an empty image`() async throws {
        let engine = try engine()
        let (names, reports) = try await make(image, on: engine)
        #expect(names == ["envsnap/capsule:again"])
        #expect(reports == ["unpacking the capsule"])
        #expect(engine.changes.map(\.line) == ["POST /images/create"])
        #expect(engine.changes.first?.query["repo"] == ["envsnap/capsule"])
        #expect(engine.changes.first?.query["tag"] == ["again"])
        #expect(
            try fixture.shell("cd layer; find . -mindepth 1 -printf '%P %y\\n' | sort")
                == ["bin d", "bin/tool f", "etc d", "etc/link l", "opt d", "opt/new f"])
        #expect(try fixture.digest("layer/bin/tool") == fixture.digest("other/bin/tool"))
    }

    @Test func `where layers cannot be unpacked the engine loads the image, and the first container goes`() async throws
    {
        let engine = try engine(driver: "btrfs")
        let (names, reports) = try await make(image, on: engine)
        #expect(names == ["envsnap/capsule:again", "envsnap/capsule:again"])
        #expect(reports.first?.hasPrefix("the capsule's image is loaded by the engine") == true)
        #expect(
            engine.changes.map(\.line) == [
                "POST /images/create", "DELETE /containers/cap", "DELETE /images/envsnap/capsule:again",
                "POST /images/load", "POST /images/\(image.id)/tag",
            ])
        #expect(engine.changes.last?.query["repo"] == ["envsnap/capsule"])
        #expect(engine.changes.last?.query["tag"] == ["again"])
        #expect(try fixture.shell("ls layer") == [])
    }
}
