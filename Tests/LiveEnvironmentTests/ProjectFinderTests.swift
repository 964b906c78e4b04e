// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import LiveEnvironment
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct ProjectFinderTests {
    @Test(
        arguments: [
            ("foo", "/elsewhere"), ("/srv/foo", "/elsewhere"), ("/srv/bar/../foo/", "/elsewhere"), ("foo", "/srv/bar"),
            ("../foo", "/srv/bar"), (".", "/srv/foo"), (nil, "/srv/foo"),
        ] as [(String?, String)])
    func `a project is found by name, by folder, or by where one is`(_ asked: String?, _ folder: String) async throws {
        let project = try await Self.find(asked, in: folder, projects: ["bar", "foo"])
        #expect(
            project
                == ProjectRecord(
                    name: "foo", workingDirectory: "/srv/foo", configFiles: ["a.yml", "b.yml"], composeVersion: "1.29.2"
                ))
    }

    @Test func `the only project needs no name`() async throws {
        #expect(try await Self.find(nil, in: "/elsewhere", projects: ["bar"]).name == "bar")
    }

    @Test func `several projects have to be told apart`() async throws {
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await Self.find(nil, in: "/elsewhere", projects: ["foo", "bar"])
        }
        #expect(error?.code == .ambiguousProject)
        #expect(error?.message.contains("bar, foo") == true)
    }

    @Test(arguments: [(["foo"], "running: foo"), ([], "bring the project up first, then capture it")])
    func `an unknown name is refused with what there is`(_ projects: [String], _ hint: String) async throws {
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await Self.find("baz", in: "/srv/foo", projects: projects)
        }
        #expect(error?.code == .noSuchProject)
        #expect(error?.hint == hint)
    }

    @Test func `without any project there is none`() async throws {
        let error = await #expect(throws: LiveEnvironmentError.self) {
            try await Self.find(nil, in: "/srv/foo", projects: [])
        }
        #expect(error?.code == .noSuchProject)
    }

    private static func find(_ asked: String?, in folder: String, projects: [String]) async throws -> ProjectRecord {
        var world = FakeWorld()
        world.containers = [FakeWorld.container("unmanaged", project: nil)]
        for project in projects {
            world.containers += (1...2).map {
                FakeWorld.container("\(project)-\($0)", project: project, folder: "/srv/" + project)
            }
        }
        let engine = try FakeEngine(handler: world.handler)
        return try await ProjectFinder(engine: try await engine.connect()).find(asked, workingDirectory: folder)
    }
}
