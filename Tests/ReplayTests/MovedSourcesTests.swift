// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import LiveEnvironment
import TestSupport
import Testing

@testable import Replay

@Suite(.timeLimit(.minutes(1))) struct MovedSourcesTests {
    private static func check(_ target: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "replays/again/srv/foo/data/file")
        try folder.write("secret", to: "elsewhere/file")
        try Tool.run("ln", "-s", target, folder.path("replays/again/srv/foo/link"))
        let engine = try await FakeEngine { _ in nil }.connect()
        var site = Site(engine: engine, path: .outermost, paths: .outermost)
        site.folder = folder.path("replays/again")
        for source in ["/srv/foo", "/srv/foo/data/file", "/srv/foo/link/file", "/srv/foo/missing"] {
            site.movedSources[source] = folder.path("replays/again") + source
        }
        try await MovedSources(access: LocalDataAccess()).check(at: site)
    }

    @Test func `a link within the replay's folder is what was captured`() async throws {
        try await Self.check("data")
    }

    @Test(arguments: ["../../../../elsewhere", "/etc/..", "/tmp"])
    func `a bind source that would lead out of it is refused`(_ target: String) async throws {
        guard target.hasPrefix("..") else {
            // Nothing of the name is there, so that nothing is bound.
            return try await Self.check(target)
        }
        let error = await #expect(throws: ReplayError.self) { try await Self.check(target) }
        #expect(error?.code == .conflict)
        #expect(error?.message.hasPrefix("the bind source /srv/foo/link/file") == true)
        #expect(error?.hint?.contains("--direct") == true)
    }

    @Test func `a source with dots is moved to where it leads`() async throws {
        var document = EnvironmentDocument(
            project: ProjectRecord(name: "foo", workingDirectory: "/srv/foo", configFiles: [], composeVersion: nil),
            engine: EngineRecord(version: [:], info: [:], apiVersion: "1.41"), capturedAt: "", toolVersion: "")
        let data = DataArchive(digest: try Sample.digest("x"), size: 1, entries: 1, contentBytes: 1)
        document.trees = [TreeRecord(path: "/srv/foo", isFile: false, excluded: [], data: data)]
        let sources = ["/srv/foo/../../etc", "/srv/foo/a/../b"]
        document.engine.containers = [
            ContainerRecord(inspect: [
                "Id": "c", "Name": "/c",
                "Mounts": .array(sources.map { ["Type": "bind", "Source": .string($0), "Destination": .string($0)] }),
            ])
        ]
        let request = ReplayRequest(snapshot: try Sample.digest("snapshot"), name: "again")
        let engine = try await FakeEngine { _ in nil }.connect()
        let site = DirectPlacement(request: request, document: document, folder: "/replays/again").site(on: engine)
        #expect(
            site.movedSources == ["/srv/foo": "/replays/again/srv/foo", "/srv/foo/a/../b": "/replays/again/srv/foo/b"])
        #expect(site.folder == "/replays/again")
    }
}
