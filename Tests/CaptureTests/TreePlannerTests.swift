// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import LiveEnvironment
import TestSupport
import Testing

@testable import Capture

@Suite struct TreePlannerTests {
    private let folder: TemporaryFolder
    private let project: String

    init() throws {
        folder = try TemporaryFolder()
        project = try folder.makeFolder("foo")
        for name in ["foo/conf", "data/deep", "host/docker"] { try folder.makeFolder(name) }
        try folder.write("x", to: "alone.conf")
    }

    private func container(_ id: String = "c", binding sources: String...) -> ContainerRecord {
        Sample.container(id, mounts: sources.map { Sample.bind($0, "/in/" + $0) })
    }

    @Test func `the project's folder and each bind source are read once, at the uppermost folder`() async throws {
        let environment = try await Sample.observed(
            Sample.record([
                container("a", binding: folder.path("foo/conf"), folder.path("data")),
                container(
                    "b", binding: folder.path("data") + "/", folder.path("data/deep"), folder.path("alone.conf")),
            ]))
        let plan = try await Sample.plan(environment, project: project)
        #expect(plan.trees.map(\.path) == [folder.path("alone.conf"), folder.path("data"), project])
        #expect(plan.trees.map(\.isFile) == [true, false, false])
        #expect(plan.trees.map(\.title) == plan.trees.map(\.path))
    }

    @Test func `what compose files name outside of the project's folder is read`() async throws {
        try folder.write("services: {a: {env_file: ../alone.conf}}", to: "foo/compose.yml")
        var request = CaptureRequest(project: Sample.project(project, files: ["compose.yml"]))
        request.store = ""
        let plan = try await CapturePlanner(
            request: request, environment: try await Sample.observed(Sample.record()), access: LocalDataAccess()
        ).plan()
        #expect(plan.trees.map(\.path) == [folder.path("alone.conf"), project])
    }

    @Test func `bind sources of nested engines are read with what they lie on`() async throws {
        let host = Sample.container(
            "h", mounts: [Sample.bind(folder.path("data"), "/data")], layer: folder.path("layer"))
        let inner = Sample.record([
            Sample.container("c", mounts: [Sample.bind("/data/deep", "/d"), Sample.bind("/etc/app", "/a")])
        ])
        let environment = try await Sample.observed(Sample.record([host]), inside: inner)
        let plan = try await Sample.plan(environment, project: project)
        #expect(plan.trees.map(\.path) == [folder.path("data"), project])
    }

    @Test(arguments: ["/proc", "/sys/fs/cgroup", "/dev/fuse", "/var/run/docker.sock", "/lib/modules", "/"])
    func `what belongs to the machine is noted and not read`(_ source: String) async throws {
        let environment = try await Sample.observed(Sample.record([container(binding: source)]))
        let plan = try await Sample.plan(environment, project: project)
        #expect(plan.trees.map(\.path) == [project])
        #expect(plan.remark(source)?.weight == .note)
    }

    @Test(arguments: ["/", "/srv", "/proc/self"])
    func `a project's folder that is the machine's own is not read`(_ path: String) async throws {
        let plan = try await Sample.plan(try await Sample.observed(Sample.record()), project: path)
        #expect(plan.trees.isEmpty)
    }

    @Test func `a bind source left out is a loss, also within a folder that is read`() async throws {
        let conf = folder.path("foo/conf")
        let environment = try await Sample.observed(Sample.record([container(binding: conf, folder.path("data/deep"))]))
        let plan = try await Sample.plan(environment, project: project, excluding: [conf, folder.path("data")])
        #expect(plan.trees.map(\.path) == [project])
        #expect(plan.trees.first?.exclusions == [Exclusion(path: "conf", keepsFolder: false)])
        #expect(plan.remark(conf)?.weight == .loss)
        #expect(plan.remark(folder.path("data/deep"))?.weight == .loss)
    }

    @Test func `the store is not captured into itself`() async throws {
        let store = try folder.makeFolder("foo/.store")
        let plan = try await Sample.plan(
            try await Sample.observed(Sample.record()), project: project, store: store)
        #expect(plan.trees.first?.exclusions == [Exclusion(path: ".store", keepsFolder: false)])
        #expect(plan.remark(store)?.weight == .note)
    }

    @Test func `the data-root of a nested engine stays as an empty folder`() async throws {
        let root = try folder.makeFolder("foo/docker")
        let host = Sample.container(
            "h", mounts: [Sample.bind(root, "/var/lib/docker")], layer: folder.path("layer"))
        let environment = try await Sample.observed(Sample.record([host]), inside: Sample.record())
        let plan = try await Sample.plan(environment, project: project)
        #expect(plan.trees.map(\.path) == [project])
        #expect(plan.trees.first?.exclusions == [Exclusion(path: "docker", keepsFolder: true)])
    }

    @Test func `a data-root that is a bind source itself is not read`() async throws {
        let root = folder.path("host/docker")
        let host = Sample.container(
            "h", mounts: [Sample.bind(root, "/var/lib/docker")], layer: folder.path("layer"))
        let environment = try await Sample.observed(Sample.record([host]), inside: Sample.record())
        let plan = try await Sample.plan(environment, project: project)
        #expect(plan.trees.map(\.path) == [project])
    }

    @Test func `a pipe or a socket is noted and not read`() async throws {
        try Tool.run("mkfifo", folder.path("pipe"))
        let environment = try await Sample.observed(Sample.record([container(binding: folder.path("pipe"))]))
        let plan = try await Sample.plan(environment, project: project)
        #expect(plan.trees.map(\.path) == [project])
        #expect(plan.remark(folder.path("pipe"))?.weight == .note)
    }

    @Test func `a bind source that is gone is an error that names who uses it`() async throws {
        let gone = folder.path("gone")
        let environment = try await Sample.observed(Sample.record([container(binding: gone)]))
        let error = await #expect(throws: CaptureError.self) { try await Sample.plan(environment, project: project) }
        #expect(error?.code == .bindSourceGone)
        #expect(error?.message == "\(gone), which is bound into name-c, is no longer there")
        #expect(error?.hint?.contains("--exclude \(gone)") == true)
        let plan = try await Sample.plan(environment, project: project, excluding: [gone])
        #expect(plan.remark(gone)?.weight == .loss)
    }
}
