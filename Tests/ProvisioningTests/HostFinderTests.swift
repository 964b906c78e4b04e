// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import JSONTree
import TestSupport
import Testing

@testable import Provisioning

@Suite(.timeLimit(.minutes(1))) struct HostFinderTests {
    private static let compose = "services: {web: {image: 'app:${TAG}'}}"

    private static func container(
        privileged: Bool = true, working: String = "", mounts: [String] = [], path: String = "dockerd",
        environment: [String] = []
    ) -> ContainerRecord {
        ContainerRecord(inspect: [
            "Id": "h", "Name": "/foo_corge_1", "Path": .string(path),
            "HostConfig": ["Privileged": .bool(privileged)],
            "Config": [
                "WorkingDir": .string(working), "Labels": ["com.docker.compose.service": "corge"],
                "Env": .array(environment.map(JSONValue.string)),
            ],
            "Mounts": .array(
                mounts.map { ["Type": "bind", "Source": .string("/m" + $0), "Destination": .string($0)] }),
        ])
    }

    private static func hosts(
        _ container: ContainerRecord, files: [String: String], outer: String = "services: {corge: {image: h}}",
        named: Set<String> = []
    ) async throws -> [ProjectHost] {
        let files = FakeFiles(files: files)
        let engine = try FakeEngine { files.answer($0) }
        let model = try ComposeModel(files: [ComposeText(file: "outer", text: outer)], variables: [:])
        return try await HostFinder(engine: try await engine.connect(), model: model, named: named)
            .hosts(among: [container])
    }

    @Test func `the working folder comes first`() async throws {
        let host = try #require(
            try await Self.hosts(
                Self.container(working: "/srv/corge/", mounts: ["/srv/other", "/srv/corge"], environment: ["TAG=3"]),
                files: [
                    "/srv/corge/docker-compose.yml": Self.compose, "/srv/other/docker-compose.yml": Self.compose,
                    "/srv/corge/.env": "TAG=2\n",
                ]
            ).first)
        #expect(host.name == "corge")
        #expect(host.project?.folder == "/srv/corge")
        // The container's own variable lies over that of the file.
        #expect(host.project?.services.map(\.image) == ["app:3"])
    }

    @Test func `else the one mounted folder with a compose file`() async throws {
        let host = try #require(
            try await Self.hosts(
                Self.container(working: "/root", mounts: ["/data", "/srv/corge/", "/var/lib/docker"]),
                files: [
                    "/srv/corge/compose.yaml": Self.compose, "/srv/corge/.env": "TAG=2", "/data/x": "",
                    "/srv/corge/compose.override.yaml": "services: {db: {image: db}}",
                ]
            ).first)
        #expect(host.project?.folder == "/srv/corge")
        #expect(host.project?.services.map(\.image) == ["app:2", "db"])
    }

    @Test func `several such folders are refused with the way to choose`() async throws {
        let error = await #expect(throws: ProvisioningError.self) {
            _ = try await Self.hosts(
                Self.container(mounts: ["/a", "/b"]),
                files: ["/a/compose.yml": Self.compose, "/b/compose.yml": Self.compose])
        }
        #expect(error?.code == .unclear)
        #expect(error?.message.contains("/a, /b") == true)
        #expect(error?.hint?.contains("x-envsnap") == true)
    }

    @Test func `what the outer file says goes before all of it`() async throws {
        let files = ["/a/compose.yml": Self.compose, "/b/compose.yml": "services: {db: {image: db}}"]
        let container = Self.container(working: "/a", mounts: ["/a", "/b"])
        let told = try await Self.hosts(
            container, files: files, outer: "services: {corge: {image: h, x-envsnap: {project: /b}}}")
        #expect(told.first?.project?.services.map(\.name) == ["db"])
        let none = try await Self.hosts(
            container, files: files, outer: "services: {corge: {image: h, x-envsnap: {project: false}}}")
        #expect(none.count == 1)
        #expect(none[0].project == nil)
        let error = await #expect(throws: ProvisioningError.self) {
            _ = try await Self.hosts(
                container, files: files, outer: "services: {corge: {image: h, x-envsnap: {project: /c}}}")
        }
        #expect(error?.code == .noComposeFile)
    }

    @Test func `only what may hold an engine is a host`() async throws {
        let files = ["/a/compose.yml": Self.compose]
        #expect(try await Self.hosts(Self.container(privileged: false, working: "/a"), files: files).isEmpty)
        #expect(try await Self.hosts(Self.container(path: "sleep"), files: files).isEmpty)
        #expect(
            try await Self.hosts(Self.container(mounts: ["/var/lib/docker"], path: "sleep"), files: files).count == 1)
        let named = try await Self.hosts(
            Self.container(privileged: false, working: "/a"), files: files, named: ["corge"])
        #expect(named.count == 1)
        let error = await #expect(throws: ProvisioningError.self) {
            _ = try await Self.hosts(Self.container(), files: files, named: ["fred"])
        }
        #expect(error?.code == .noSuchHost)
    }

    @Test func `a file of variables that is missing is told with the line that names it`() async throws {
        let error = await #expect(throws: ProvisioningError.self) {
            _ = try await Self.hosts(
                Self.container(working: "/a"),
                files: ["/a/compose.yml": "services:\n  web:\n    image: x\n    env_file: ['./.env']\n"])
        }
        #expect(error?.code == .fileMissing)
        #expect(error?.message.hasPrefix("corge:/a/compose.yml, line 4: ") == true, "\(String(describing: error))")
        #expect(error?.message.contains("/a/.env") == true)
    }

    @Test func `images are found with the files and lines that name them`() async throws {
        let files = [
            "/a/compose.yml": """
            services:
              web: {image: app}
              db:
                image: "docker.io/library/postgres"
              built: {build: .}
              late: {image: never, profiles: [x]}
              pinned: {image: "x@sha256:\(String(repeating: "0", count: 64))"}
            """
        ]
        let needs = try ImageNeed.all(of: try await Self.hosts(Self.container(working: "/a"), files: files))
        #expect(needs.map(\.name) == ["app:latest", "postgres:latest"])
        #expect(needs[1].users.map(\.place) == ["corge:/a/compose.yml, line 4"])
        #expect(needs[1].users.map(\.service) == ["db"])
        let bad = try await Self.hosts(
            Self.container(working: "/a"), files: ["/a/compose.yml": "services: {web: {image: 'App:'}}"])
        let error = #expect(throws: ProvisioningError.self) { try ImageNeed.all(of: bad) }
        #expect(error?.code == .badComposeFile)
    }

    @Test func `addresses that were asked for count before the container has them`() {
        let container = ContainerRecord(inspect: [
            "Name": "/x", "Config": ["Hostname": "hh"],
            "NetworkSettings": [
                "Networks": ["n": ["IPAddress": "", "IPAMConfig": ["IPv4Address": "10.0.0.9"], "Aliases": ["al"]]]
            ],
        ])
        let host = ProjectHost(name: "corge", container: container, dependencies: [], project: nil)
        #expect(host.addresses == ["10.0.0.9"])
        #expect(host.names == ["corge", "x", "hh", "al"])
    }
}
