// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import OCI
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct DirectPlacementTests {
    @Test func `captured folders and what is bound from them move below the replay's folder`() async throws {
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: [:], info: [:], apiVersion: "1.41"), capturedAt: "", toolVersion: "")
        let data = DataArchive(digest: try Sample.digest("x"), size: 1, entries: 1, contentBytes: 1)
        document.trees = ["/srv/foo", "/etc/one.conf"].map {
            TreeRecord(path: $0, isFile: false, excluded: [], data: data)
        }
        let sources = ["/srv/foo/data/", "/srv/foobar", "/var/run/docker.sock", "/etc/one.conf"]
        document.engine.containers = [
            ContainerRecord(inspect: [
                "Id": "c", "Name": "/c",
                "Mounts": .array(sources.map { ["Type": "bind", "Source": .string($0), "Destination": .string($0)] }),
            ])
        ]
        let snapshot = try Sample.digest("snapshot")
        let request = ReplayRequest(snapshot: snapshot, name: "again")
        let engine = try FakeEngine { _ in nil }
        let site = DirectPlacement(request: request, document: document, folder: "/store/replays/again")
            .site(on: try await engine.connect())
        #expect(
            site.movedSources == [
                "/srv/foo": "/store/replays/again/srv/foo", "/srv/foo/data": "/store/replays/again/srv/foo/data",
                "/etc/one.conf": "/store/replays/again/etc/one.conf",
            ])
        #expect(site.labels == ["io.envsnap.replay": "again", "io.envsnap.snapshot": snapshot.hex])
        #expect(site.path == .outermost)
    }
}
