// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import JSONTree
import LiveEnvironment
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct ComposeAdviceTests {
    private static func warnings(
        _ version: String?, host: JSONValue = [:], api: String = "1.44", image: String = "sha256:without",
        project: String? = nil, tool: String? = nil
    ) async throws -> [String] {
        let engine = try FakeEngine(newest: api) { _ in nil }
        let site = Site(
            engine: try await engine.connect(), path: EnginePath(hosts: ["h"]), paths: .outermost)
        var labels = JSONObject()
        if let version { labels["com.docker.compose.version"] = .string(version) }
        let containers = ["a", "b"].map { name in
            var inspect = Sample.container(config: ["Labels": .object(labels)], host: host).inspect.object
            inspect?["Name"] = .string(name)
            return RestoredContainer(
                captured: ContainerRecord(inspect: inspect.map(JSONValue.object) ?? .null), id: name, site: site,
                imageID: image, lateConnections: [], warnings: [])
        }
        let record = ProjectRecord(
            name: "foo", workingDirectory: "/", configFiles: [], composeVersion: project)
        return ComposeAdvice(containers: containers, project: record, toolVersion: tool).warnings
    }

    @Test func `nothing is said of what compose finds up to date`() async throws {
        #expect(try await Self.warnings("2.26.1", project: "2.26.1", tool: "2.26.1") == [])
        #expect(try await Self.warnings("1.29.2", project: "1.29.2", tool: nil) == [])
        #expect(try await Self.warnings(nil, host: ["IpcMode": "container:x"], image: "sha256:other") == [])
    }

    @Test func `another compose tool beside the engine is named`() async throws {
        let warnings = try await Self.warnings("2.26.1", project: "1.29.2", tool: "2.26.1")
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("foo was brought up by compose 1.29.2 and the capsule has 2.26.1") == true)
    }

    @Test(
        arguments: [
            ("2.26.1", ["NetworkMode": "container:x"], true), ("2.26.1", ["PidMode": "container:x"], true),
            ("2.26.1", ["VolumesFrom": ["x"]], true), ("2.26.1", ["NetworkMode": "host"], false),
            ("1.29.2", ["NetworkMode": "container:x"], false), ("1.29.2", ["IpcMode": "container:x"], true),
        ] as [(String, JSONValue, Bool)])
    func `what joins another container is recreated where its id is in the hash`(
        _ version: String, _ host: JSONValue, _ expected: Bool
    ) async throws {
        let warnings = try await Self.warnings(version, host: host)
        #expect(warnings.count == (expected ? 1 : 0))
        if expected {
            #expect(warnings.first?.hasPrefix("compose \(version) will recreate what joins another") == true)
            #expect(warnings.first?.hasSuffix(": h/a, h/b") == true)
        }
    }

    @Test func `an image id of the other kind of store is recreated`() async throws {
        let warnings = try await Self.warnings("2.26.1", image: "sha256:other")
        #expect(warnings.count == 1)
        #expect(warnings.first?.contains("the other kind of store: h/a, h/b") == true)
    }

    @Test(arguments: [("1.44", 0), ("1.45", 1), ("1.51", 1)])
    func `compose 1 fails on engine 26 and newer`(_ api: String, _ count: Int) async throws {
        #expect(try await Self.warnings("1.29.2", api: api).count == count)
        #expect(try await Self.warnings("2.26.1", api: api) == [])
    }
}
