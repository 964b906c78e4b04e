// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import EnvironmentModel
import Foundation
import JSONTree
import Synchronization
import TestSupport
import Testing

@testable import LiveEnvironment

/// The process of the tests stands for a container's: its control group names what is taken for the container's id.
@Suite(
    .timeLimit(.minutes(1)),
    .enabled(if: geteuid() == 0 && !FileManager.default.fileExists(atPath: "/root/.docker/config.json")))
struct HostEntranceTests {
    private let inner: FakeEngine
    private let outer: FakeEngine
    private let id: String

    init() throws {
        let groups = try String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8)
        id = String(groups.drop { !$0.isLetter && !$0.isNumber }.prefix { $0.isLetter || $0.isNumber })
        inner = try FakeEngine(handler: FakeWorld(info: ["ID": "inner"]).handler)
        outer = try FakeEngine(nested: [id: inner]) { _ in nil }
    }

    private func container(_ config: JSONValue = [:], id: String? = nil) -> ContainerRecord {
        let id = id ?? self.id
        return ContainerRecord(inspect: ["Id": .string(id), "State": ["Pid": .int(Int64(getpid()))], "Config": config])
    }

    /// Enters a container and returns the engine with what was said of the way.
    private func enter(_ container: ContainerRecord, by socket: String? = nil) async throws -> (Engine, [String]) {
        let said = Mutex<[String]>([])
        let entrance = HostEntrance(paths: .outermost, access: LocalDataAccess(), socket: socket ?? inner.path) {
            line in
            said.withLock { $0.append(line) }
        }
        let engine = try await entrance.enter(container, of: try await outer.connect(), named: "corge")
        return (engine, said.withLock { $0 })
    }

    @Test(arguments: [[:], ["User": "root", "Env": ["HOME=/root", "PATH=/bin"]]] as [JSONValue])
    func `the socket is opened where the container's process shows it`(_ config: JSONValue) async throws {
        let (engine, said) = try await enter(container(config))
        #expect(try await engine.info()["ID"] == "inner")
        #expect(said.isEmpty)
        #expect(engine.depth == 1)
        #expect(engine.concurrency > 1)
        #expect(engine.location.hasSuffix("> corge"))
    }

    @Test(
        arguments: [
            (["Env": ["DOCKER_HOST=tcp://127.0.0.1:1"]], "DOCKER_HOST is set"),
            (["Env": ["DOCKER_CONTEXT=other"]], "DOCKER_CONTEXT is set"),
            (["Env": ["HOME=/home/me"]], "HOME is set"),
            (["User": "1000"], "the user 1000"),
        ] as [(JSONValue, String)])
    func `the command is asked where it may go elsewhere`(_ config: JSONValue, _ reason: String) async throws {
        let (engine, said) = try await enter(container(config))
        #expect(try await engine.info()["ID"] == "inner")
        #expect(said.count == 1)
        #expect(said.first?.contains("corge is entered by its docker command: ") == true)
        #expect(said.first?.contains(reason) == true)
        #expect(engine.concurrency == 1)
    }

    @Test func `the command is asked where there is no socket`() async throws {
        let (engine, said) = try await enter(container(), by: "/nowhere.sock")
        #expect(try await engine.info()["ID"] == "inner")
        #expect(said.first?.contains("/nowhere.sock") == true)
    }

    @Test func `a process that is not the container's is left alone`() async throws {
        let other = String(repeating: "e", count: 64)
        let outer = try FakeEngine(nested: [other: inner]) { _ in nil }
        let entrance = HostEntrance(paths: .outermost, access: LocalDataAccess(), socket: inner.path)
        let engine = try await entrance.enter(container(id: other), of: try await outer.connect(), named: "corge")
        #expect(engine.concurrency == 1)
    }

    @Test func `with the engine above its sockets are closed too`() async throws {
        let above = try await outer.connect()
        let entrance = HostEntrance(paths: .outermost, access: LocalDataAccess(), socket: inner.path)
        let engine = try await entrance.enter(container(), of: above, named: "corge")
        await above.close()
        // A new connection is refused as well, since it would outlive the engine above.
        await #expect(throws: EngineError.self) { try await engine.info() }
    }

    @Test func `no link in the container leads to a socket outside of it`() async throws {
        let folder = try TemporaryFolder()
        try folder.makeFolder("process/root/run")
        try folder.makeFolder("process/root/var")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("process/root/var/run"), withDestinationPath: "/run")
        #expect(link(inner.path, folder.path("process/root/run/in.sock")) == 0)
        let access = LocalDataAccess()
        let descriptor = try await access.connect(toSocket: "/var/run/in.sock", of: folder.path("process"))
        close(descriptor)
        try FileManager.default.createSymbolicLink(
            atPath: folder.path("process/root/run/out.sock"), withDestinationPath: inner.path)
        await #expect(throws: (any Error).self) {
            try await access.connect(toSocket: "/var/run/out.sock", of: folder.path("process"))
        }
    }

    @Test func `files are read as a process's network shows them`() async throws {
        let file = "/proc/sys/net/ipv4/ip_default_ttl"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["unshare", "--net", "sh", "-c", "echo 77 > \(file) && echo && exec sleep 60"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        // One line tells that it is set.
        _ = output.fileHandleForReading.availableData
        let folder = "/proc/\(process.processIdentifier)"
        let before = try String(contentsOfFile: file, encoding: .utf8)
        let read = try await LocalDataAccess().readFiles([file], inNetworkOf: folder)
        #expect(read.map { String(decoding: $0, as: UTF8.self) } == ["77\n"])
        #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
        #expect(before != "77\n")
        await #expect(throws: (any Error).self) {
            try await LocalDataAccess().readFiles([file + "-none"], inNetworkOf: folder)
        }
    }
}
