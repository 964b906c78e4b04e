// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import JSONTree
import NIOCore
import TestSupport
import Testing

@Suite("A real engine", .serialized, .enabled(if: RealEngine.isWanted), .timeLimit(.minutes(10)))
struct RealEngineTests {
    @Test("system, lists and raw inspect")
    func system() async throws {
        let engine = try await RealEngine.connect()
        try await engine.ping()
        #expect(try await engine.info()["DockerRootDir"].string?.hasPrefix("/") == true)
        #expect(engine.version["ApiVersion"].string != nil)
        let image = try await engine.inspectImage(RealEngine.image)
        #expect(image.bytes.first == UInt8(ascii: "{"))
        #expect(try JSONValue(parsing: image.bytes) == image.value)
        #expect(try await engine.imageHistory(RealEngine.image).elements.isEmpty == false)
        #expect(try await engine.listImages().elements.contains { $0["Id"] == image["Id"] })
        await expectError(.notFound) { try await engine.inspectImage("envsnap-none:0") }
        await expectError(.notFound) { try await engine.inspectContainer("envsnap-none") }
        await expectError(.notFound) { try await engine.saveImages(["envsnap-none:0"]).collected() }
        await expectError(.badRequest) { try await engine.json(.get, "/info", at: APIVersion(9, 9)) }
        await engine.close()
    }

    @Test("the life of a container")
    func lifecycle() async throws {
        let engine = try await RealEngine.connect()
        try await RealEngine.withContainer(on: engine) { id in
            #expect(try await engine.inspectContainer(id)["State"]["Running"].bool == true)
            try await engine.startContainer(id)
            try await engine.pauseContainer(id)
            await expectError(.hostNotRunning) { try await engine.nested(inContainer: id) }
            await expectError(.conflict) { try await engine.run(inContainer: id, command: ["true"]) }
            try await engine.unpauseContainer(id)
            try await engine.renameContainer(id, to: "envsnap-engine-\(id.prefix(8))")
            #expect(try await engine.inspectContainer(id)["Name"].string == "/envsnap-engine-\(id.prefix(8))")
            try await engine.updateContainer(id, body: ["RestartPolicy": ["Name": "no"]])
            #expect(try await engine.containerTop(id)["Processes"].array?.count == 1)
            _ = try await engine.run(inContainer: id, command: ["touch", "/new file"])
            let changes = try await engine.containerChanges(id).elements.map { $0["Path"].string }
            #expect(changes.contains("/new file"))
            async let code = engine.waitContainer(id)
            try await engine.killContainer(id)
            #expect(try await code == 137)
            await expectError(.hostNotRunning) { try await engine.nested(inContainer: id) }
            try await engine.stopContainer(id)
            let filters = ["label": ["envsnap-test=engine"], "id": [id]]
            #expect(try await engine.listContainers(filters: filters).elements.count == 1)
            #expect(try await engine.listContainers(all: false, filters: filters).elements.isEmpty)
        }
        await engine.close()
    }

    @Test("commands: output, exit codes, input and a terminal")
    func exec() async throws {
        let engine = try await RealEngine.connect()
        try await RealEngine.withContainer(on: engine) { id in
            for _ in 0..<10 {
                let command = ["sh", "-c", "echo out; echo err >&2; exit 7"]
                let quick = try await engine.run(inContainer: id, command: command)
                #expect(quick == ExecResult(exitCode: 7, stdout: Array("out\n".utf8), stderr: Array("err\n".utf8)))
            }
            let options = ExecOptions(workingDirectory: "/tmp", environment: ["A=b c"])
            let shown = try await engine.run(
                inContainer: id, command: ["sh", "-c", "pwd; echo $A; id -u"], options: options)
            #expect(shown.output == "/tmp\nb c\n0\n")
            let counted = try await engine.run(
                inContainer: id, command: ["wc", "-c"], input: Chunks(count: 50, size: 1 << 20))
            #expect(counted.output == "52428800\n")
            let echoed = try await engine.run(
                inContainer: id, command: ["cat"], input: Chunks(count: 4, size: 1 << 20, byte: 65))
            #expect(echoed.stdout == [UInt8](repeating: 65, count: 4 << 20))
            let heedless = try await engine.run(
                inContainer: id, command: ["sh", "-c", "echo done; exit 4"], input: Chunks(count: 50, size: 1 << 20))
            #expect(heedless == ExecResult(exitCode: 4, stdout: Array("done\n".utf8), stderr: []))
            let terminal = try await engine.run(
                inContainer: id, command: ["sh", "-c", "tty >/dev/null && echo yes"],
                options: ExecOptions(terminal: true))
            #expect(terminal.output == "yes\r\n")
            let missing = try await engine.run(inContainer: id, command: ["/no/such/command"])
            #expect([126, 127].contains(missing.exitCode))
            await expectError(.timedOut) {
                try await engine.run(inContainer: id, command: ["sleep", "60"], timeLimit: .after(.milliseconds(300)))
            }
            let error = await expectError(.noCommandLine) { try await engine.nested(inContainer: id) }
            #expect(error?.message.contains("executable file not found") == true)
        }
        await engine.close()
    }

    @Test("archives in and out, and what a path is; tar agrees")
    func archives() async throws {
        let engine = try await RealEngine.connect()
        try await RealEngine.withContainer(on: engine) { id in
            let folder = try TemporaryFolder()
            try folder.write("hello", to: "in/a file")
            let made = try tar(["-C", folder.path, "-c", "in"])
            try await engine.writeArchive(id, path: "/tmp", archive: Pieces(made, size: 700))
            #expect(try await engine.run(inContainer: id, command: ["cat", "/tmp/in/a file"]).output == "hello")
            let stat = try await engine.containerPathStat(id, path: "/tmp/in/a file")
            #expect(stat.name == "a file")
            #expect(stat.size == 5)
            #expect(!stat.isDirectory)
            let bytes = try await engine.readArchive(id, path: "/tmp/in").collected()
            try Data(bytes).write(to: URL(filePath: folder.path + "/out.tar"))
            let listed = try tar(["-tf", folder.path + "/out.tar"])
            #expect(String(decoding: listed, as: UTF8.self) == "in/\nin/a file\n")
            await expectError(.notFound) { try await engine.containerPathStat(id, path: "/none") }
            await expectError(.notFound) { try await engine.readArchive(id, path: "/none") }
            await expectError(.notFound) {
                try await engine.writeArchive(id, path: "/none", archive: Chunks(count: 100, size: 1 << 20))
            }
        }
        await engine.close()
    }

    @Test("an open archive blocks its container until it is closed (X-02)")
    func openArchive() async throws {
        let engine = try await RealEngine.connect()
        try await RealEngine.withContainer(on: engine) { id in
            _ = try await engine.run(
                inContainer: id, command: ["dd", "if=/dev/zero", "of=/big", "bs=1M", "count=64"])
            let stream = try await engine.readArchive(id, path: "/big")
            for try await _ in stream { break }
            let limit = TimeLimit.after(.milliseconds(500))
            let blocked = try? await engine.inspectContainer(id, timeLimit: limit)
            _ = try await engine.listContainers()
            await stream.close()
            let again = try await engine.inspectContainer(id, timeLimit: .after(.seconds(10)))
            #expect(again["Id"].string == id)
            print("an open archive \(blocked == nil ? "blocks" : "does not block") inspect on", engine.apiVersion)
        }
        await engine.close()
    }

    @Test("logs, in frames and from a terminal")
    func logs() async throws {
        let engine = try await RealEngine.connect()
        let command = ["sh", "-c", "echo out; echo err >&2; exit 0"]
        for isTerminal in [false, true] {
            try await RealEngine.withContainer(on: engine, command: command, extra: ["Tty": .bool(isTerminal)]) { id in
                _ = try await engine.waitContainer(id, timeLimit: .after(.seconds(30)))
                var text: [StreamChunk.Stream: String] = [:]
                let logs = try await engine.containerLogs(id, framing: isTerminal ? .raw : .multiplexed)
                for try await chunk in logs {
                    text[chunk.stream, default: ""] += String(decoding: chunk.bytes, as: UTF8.self)
                }
                #expect(text == (isTerminal ? [.stdout: "out\r\nerr\r\n"] : [.stdout: "out\n", .stderr: "err\n"]))
            }
        }
        await engine.close()
    }

    @Test("volumes and networks")
    func objects() async throws {
        let engine = try await RealEngine.connect()
        let name = "envsnap-engine-\(UUID().uuidString.prefix(8))"
        try await engine.createVolume(["Name": .string(name), "Labels": RealEngine.labels])
        try await RealEngine.finally { () async throws -> Void in
            #expect(try await engine.inspectVolume(name)["Name"].string == name)
            #expect(try await engine.listVolumes(filters: ["name": [name]])["Volumes"].array?.count == 1)
        } cleanup: {
            try await engine.removeVolume(name)
        }
        await expectError(.notFound) { try await engine.inspectVolume(name) }
        let body: JSONValue = ["Name": .string(name), "Labels": RealEngine.labels, "Internal": true]
        let network = try await engine.createNetwork(body)
        try await RealEngine.finally {
            #expect(try await engine.inspectNetwork(network.id)["Name"].string == name)
            #expect(try await engine.listNetworks(filters: ["name": [name]]).elements.count == 1)
            try await RealEngine.withContainer(on: engine) { id in
                try await engine.connectNetwork(network.id, container: id, endpoint: [:])
                #expect(try await engine.inspectNetwork(network.id)["Containers"][id].object != nil)
                try await engine.disconnectNetwork(network.id, container: id)
                #expect(try await engine.inspectNetwork(network.id)["Containers"][id].object == nil)
            }
        } cleanup: {
            try await engine.removeNetwork(network.id)
        }
        await engine.close()
    }

    @Test("images are imported, named, saved and loaded")
    func images() async throws {
        let engine = try await RealEngine.connect()
        let folder = try TemporaryFolder()
        try folder.write("x", to: "root/file")
        let rootfs = try tar(["-C", folder.path + "/root", "-c", "."])
        let name = "envsnap-engine-\(UUID().uuidString.prefix(8).lowercased())"
        let id = try await engine.importImage(
            Pieces(rootfs, size: 999), repository: name, tag: "1", changes: ["LABEL envsnap-test=engine"])
        try await RealEngine.finally {
            try await engine.tagImage(id, repository: name, tag: "2")
            #expect(try await engine.inspectImage("\(name):2")["Id"].string == id)
            let saved = try await engine.saveImages(["\(name):1"]).collected()
            try await engine.removeImage("\(name):1")
            try await engine.removeImage("\(name):2")
            await expectError(.notFound) { try await engine.inspectImage(id) }
            try await engine.loadImages(Pieces(saved, size: 5000))
            #expect(try await engine.inspectImage("\(name):1")["Id"].string == id)
            await #expect(throws: EngineError.self) {
                try await engine.loadImages(Pieces(Array(saved.prefix(saved.count / 2)), size: 5000))
            }
            await #expect(throws: EngineError.self) { try await engine.loadImages(Chunks(count: 1, size: 5000)) }
        } cleanup: {
            try await engine.removeImage(id, force: true)
        }
        await engine.close()
    }

    private func tar(_ arguments: [String]) throws -> [UInt8] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["tar"] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return Array(data)
    }
}
