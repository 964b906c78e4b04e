// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import TestSupport
import Testing

@testable import LiveEnvironment

@Suite struct ImageIdentityTests {
    private static func digest(_ digit: String) -> String { "sha256:" + String(repeating: digit, count: 64) }

    private static func inspect(layers: [String]) -> JSONValue {
        [
            "RepoTags": ["b:2", "a:1", "<none>:<none>"], "Architecture": "amd64", "Os": "linux",
            "RootFS": ["Layers": .array(layers.map(JSONValue.string))],
        ]
    }

    private static func manifest(config: String, layers: [String]) -> JSONValue {
        [
            "schemaVersion": 2, "config": ["digest": .string(config)],
            "layers": .array(layers.map { ["digest": .string($0)] }),
        ]
    }

    /// A containerd store that holds contents under names that are taken for their digests.
    private static func identity(_ contents: [String: JSONValue], in folder: TemporaryFolder) throws -> ImageIdentity {
        for (digest, json) in contents {
            try folder.write(
                json.canonicalText,
                to: "containerd/daemon/io.containerd.content.v1.content/blobs/sha256/\(digest.dropFirst(7))")
        }
        let engine = EngineRecord(
            version: [:],
            info: [
                "DockerRootDir": .string(folder.path),
                "DriverStatus": [["driver-type", "io.containerd.snapshotter.v1"]],
            ], apiVersion: "1.45")
        return ImageIdentity(engine: engine, paths: .outermost, access: LocalDataAccess())
    }

    @Test func `in the classic store the id is the configuration`() async throws {
        let engine = EngineRecord(version: [:], info: ["Driver": "overlay2"], apiVersion: "1.41")
        let record = try await ImageIdentity(engine: engine, paths: .outermost, access: nil)
            .record(id: Self.digest("1"), inspect: Self.inspect(layers: [Self.digest("2")]))
        #expect(record.config.description == Self.digest("1"))
        #expect(record.blobs.map(\.description) == [Self.digest("1"), Self.digest("2")])
        #expect(record.tags == ["a:1", "b:2"])
        #expect(record.manifests.isEmpty)
    }

    @Test func `a manifest leads to the configuration and to layers as they are`() async throws {
        let folder = try TemporaryFolder()
        let identity = try Self.identity(
            [Self.digest("a"): Self.manifest(config: Self.digest("c"), layers: [Self.digest("e")])], in: folder)
        let packed = try await identity.record(id: Self.digest("a"), inspect: Self.inspect(layers: [Self.digest("2")]))
        #expect(packed.config.description == Self.digest("c"))
        #expect(packed.layerBlobs.map(\.description) == [Self.digest("e")])
        #expect(packed.blobs.map(\.description) == [Self.digest("a"), Self.digest("c"), Self.digest("e")])
        let plain = try await identity.record(id: Self.digest("a"), inspect: Self.inspect(layers: [Self.digest("e")]))
        #expect(plain.layerBlobs.isEmpty)
        #expect(plain.blobs == packed.blobs)
    }

    @Test func `of an index the manifest of the own platform is taken, where it is there`() async throws {
        let folder = try TemporaryFolder()
        let other: JSONValue = [
            "digest": .string(Self.digest("b")), "platform": ["architecture": "arm64", "os": "linux"],
        ]
        let absent: JSONValue = [
            "digest": .string(Self.digest("d")), "platform": ["architecture": "amd64", "os": "linux"],
        ]
        let own: JSONValue = [
            "digest": .string(Self.digest("a")), "platform": ["architecture": "amd64", "os": "linux"],
        ]
        let identity = try Self.identity(
            [
                Self.digest("f"): ["manifests": [other, absent, own]],
                Self.digest("a"): Self.manifest(config: Self.digest("c"), layers: [Self.digest("2")]),
                Self.digest("b"): Self.manifest(config: Self.digest("9"), layers: []),
            ], in: folder)
        let record = try await identity.record(id: Self.digest("f"), inspect: Self.inspect(layers: [Self.digest("2")]))
        #expect(record.manifests.map(\.description) == [Self.digest("f"), Self.digest("a")])
        #expect(record.config.description == Self.digest("c"))
    }

    @Test func `without the contents nothing is guessed`() async throws {
        let folder = try TemporaryFolder()
        let identity = try Self.identity([:], in: folder)
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await identity.record(id: Self.digest("a"), inspect: Self.inspect(layers: []))
        }
        #expect(error?.code == .dataOutOfReach)
    }
}
