// SPDX-License-Identifier: Apache-2.0

import LiveEnvironment
import TestSupport
import Testing

@testable import Capture

@Suite struct ComposeFilesTests {
    /// What a compose file in `/…/foo` refers to, without itself and `.env`, relative to the folder above.
    private static func references(_ yaml: String) async throws -> [String] {
        let folder = try TemporaryFolder()
        try folder.write(yaml, to: "foo/compose.yml")
        let project = Sample.project(folder.path("foo"), files: ["compose.yml"])
        let paths = try await ComposeFiles(project: project, access: LocalDataAccess()).paths()
        #expect(Set(paths).isSuperset(of: [folder.path("foo/.env"), folder.path("foo/compose.yml")]))
        let above = folder.path + "/"
        return paths.map { $0.hasPrefix(above) ? String($0.dropFirst(above.count)) : $0 }
            .filter { $0 != "foo/.env" && $0 != "foo/compose.yml" }
    }

    @Test(arguments: [
        ("services: {a: {env_file: one.env}}", ["foo/one.env"]),
        ("services: {a: {env_file: [one.env, ../two.env]}}", ["foo/one.env", "two.env"]),
        (
            "services: {a: {env_file: [{path: /etc/one.env, required: false}, two.env]}}",
            ["/etc/one.env", "foo/two.env"]
        ),
        ("services: {a: {extends: {file: ../base.yml, service: b}}}", ["base.yml"]),
        ("services: {a: {extends: b}, b: {image: x}}", []),
        ("services: {a: {build: ../app}, b: {build: {context: ./b, dockerfile: D}}}", ["app", "foo/b"]),
        ("configs: {c: {file: ./c.conf}, d: {external: true}}", ["foo/c.conf"]),
        ("secrets: {s: {file: /run/s}, e: {environment: S}}", ["/run/s"]),
        (
            "include: [one.yml, {path: ../two.yml}, {path: [three.yml, four.yml]}]",
            [
                "foo/four.yml", "foo/one.yml", "foo/three.yml", "two.yml",
            ]
        ),
    ])
    func `what a compose file refers to is found in all of its forms`(_ yaml: String, _ paths: [String]) async throws {
        #expect(try await Self.references(yaml) == paths)
    }

    @Test func `what only compose could find is skipped`() async throws {
        let yaml = """
            services:
              a: {env_file: "${HOME}/a.env", build: "https://example.org/a.git"}
              b: {env_file: ~/b.env, build: {context: "git@example.org:b.git"}}
              c: {env_file: c.env}
            """
        #expect(try await Self.references(yaml) == ["foo/c.env"])
    }

    @Test(arguments: ["a: [", "", "- just\n- a list", "services: none"])
    func `a file that is no compose file is still kept`(_ yaml: String) async throws {
        #expect(try await Self.references(yaml) == [])
    }

    @Test func `every file of the project is read, one that is gone is named`() async throws {
        let folder = try TemporaryFolder()
        try folder.write("services: {a: {env_file: a.env}}", to: "foo/a.yml")
        let other = try folder.write("services: {a: {env_file: b.env}}", to: "else/b.yml")
        let project = Sample.project(folder.path("foo"), files: ["a.yml", other, "gone.yml"])
        let paths = try await ComposeFiles(project: project, access: LocalDataAccess()).paths()
        #expect(
            paths == [
                other, folder.path("foo/.env"), folder.path("foo/a.env"), folder.path("foo/a.yml"),
                folder.path("foo/b.env"), folder.path("foo/gone.yml"),
            ])
    }
}
