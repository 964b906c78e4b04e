// SPDX-License-Identifier: Apache-2.0

import DockerEngine
import Foundation
import JSONTree
import Testing

@Suite(
    "Real engines inside each other", .serialized, .enabled(if: RealEngine.isWanted), .timeLimit(.minutes(20)))
struct NestedEngineTests {
    @Test("images go in by save and load, and commands run inside")
    func nested() async throws {
        let engine = try await RealEngine.connect()
        try await RealEngine.withHost(on: engine) { host, nested in
            #expect(nested.depth == 1)
            try await nested.loadImages(engine.saveImages([RealEngine.image]))
            let ids = (
                try await engine.inspectImage(RealEngine.image)["Id"],
                try await nested.inspectImage(RealEngine.image)["Id"]
            )
            #expect(ids.0 == ids.1)
            try await RealEngine.withContainer(on: nested) { id in
                let counted = try await nested.run(
                    inContainer: id, command: ["wc", "-c"], input: Chunks(count: 20, size: 1 << 20))
                #expect(counted.output == "20971520\n")
                let heedless = try await nested.run(
                    inContainer: id, command: ["sh", "-c", "echo done; exit 4"],
                    input: Chunks(count: 20, size: 1 << 20))
                #expect(heedless == ExecResult(exitCode: 4, stdout: Array("done\n".utf8), stderr: []))
                let quick = try await nested.run(inContainer: id, command: ["sh", "-c", "echo a; echo b >&2; exit 5"])
                #expect(quick == ExecResult(exitCode: 5, stdout: Array("a\n".utf8), stderr: Array("b\n".utf8)))
                await expectError(.noCommandLine) { try await nested.nested(inContainer: id) }
            }
            let saved = try await nested.saveImages([RealEngine.image])
            for try await _ in saved { break }
            await saved.close()
            #expect(try await nested.listImages().elements.count == 1)
            #expect(try await tunnels(engine, host) > 0)
            await nested.close()
            let end = ContinuousClock.now + .seconds(10)
            while try await tunnels(engine, host) > 0, .now < end { try await Task.sleep(for: .milliseconds(100)) }
            #expect(try await tunnels(engine, host) == 0)
        }
        await engine.close()
    }

    @Test("an engine whose process has ended says so")
    func deadEngine() async throws {
        let engine = try await RealEngine.connect()
        let extra: [String: JSONValue] = ["Image": .string(RealEngine.hostImage), "Entrypoint": ["sleep", "60"]]
        try await RealEngine.withContainer(on: engine, command: [], extra: extra) { id in
            let error = await expectError(.unreachable) { try await engine.nested(inContainer: id, named: "foo-host") }
            #expect(error?.message.contains("foo-host") == true)
        }
        await engine.close()
    }

    @Test("three levels, with the times of a request and the speed of images at each")
    func depth3() async throws {
        let engine = try await RealEngine.connect()
        try await RealEngine.withHost(on: engine) { host, nested in
            let clock = ContinuousClock()
            try await nested.loadImages(engine.saveImages([RealEngine.image]))
            let load = try await clock.measure {
                try await nested.loadImages(engine.saveImages([RealEngine.hostImage]))
            }
            print("the host's image, saved by 0 and loaded by 1:", load)
            print("save at depth 0:", try await speed(engine))
            print("save at depth 1:", try await speed(nested))
            try await RealEngine.withHost(on: nested) { inner, innermost in
                #expect(innermost.depth == 2)
                try await innermost.loadImages(nested.saveImages([RealEngine.image]))
                try await RealEngine.withContainer(on: innermost) { id in
                    let shown = try await innermost.run(inContainer: id, command: ["echo", "deep"])
                    #expect(shown.output == "deep\n")
                    let counted = try await innermost.run(
                        inContainer: id, command: ["wc", "-c"], input: Chunks(count: 5, size: 1 << 20))
                    #expect(counted.output == "5242880\n")
                    print("inspect at depth 0:", try await times(engine, host))
                    print("inspect at depth 1:", try await times(nested, inner))
                    print("inspect at depth 2:", try await times(innermost, id))
                    let outer = try await clock.measure { try await engine.nested(inContainer: host).close() }
                    let deeper = try await clock.measure { try await nested.nested(inContainer: inner).close() }
                    print("a new engine object at depth 1:", outer, "and at depth 2:", deeper)
                }
            }
        }
        await engine.close()
    }

    /// How many commands of tunnels run in a host.
    private func tunnels(_ engine: Engine, _ host: String) async throws -> Int {
        let processes = try await engine.containerTop(host)["Processes"].array ?? []
        return processes.filter { $0.array?.last?.string?.contains("dial-stdio") == true }.count
    }

    private func times(_ engine: Engine, _ id: String) async throws -> String {
        let clock = ContinuousClock()
        var times: [Duration] = []
        for _ in 0..<50 { times.append(try await clock.measure { _ = try await engine.inspectContainer(id) }) }
        times.sort()
        return "median \(times[25]), fastest \(times[0]), slowest \(times[49])"
    }

    private func speed(_ engine: Engine) async throws -> String {
        var count = 0
        let time = try await ContinuousClock().measure {
            for try await bytes in try await engine.saveImages([RealEngine.hostImage]) { count += bytes.count }
        }
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let memory = status.split(separator: "\n").filter { $0.hasPrefix("VmRSS") || $0.hasPrefix("VmHWM") }
        return "\(count / 1_000_000) MB in \(time); \(memory)"
    }
}
