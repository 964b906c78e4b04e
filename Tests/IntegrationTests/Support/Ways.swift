// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

/// The ways that `env` opens into a replay for other programs, in a folder of the test's own.
struct Ways {
    /// The variables by which envsnap finds the folder.
    let environment: [String: String]
    private let world: World
    private let runtime: String

    /// Makes the folder; the ways are closed at the end.
    init(_ world: World) throws {
        runtime = "\(world.folder)/run"
        let environment = ["XDG_RUNTIME_DIR": runtime]
        self.world = world
        self.environment = environment
        try FileManager.default.createDirectory(atPath: runtime, withIntermediateDirectories: true)
        world.cleanUp("the ways") { _ = try world.envsnap("env", "--unset", world.name, environment: environment) }
    }

    private var folder: String { "\(runtime)/envsnap" }

    /// Waits until none is open any more.
    func areClosed() throws -> Bool {
        for _ in 0..<200 {
            if try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty { return true }
            usleep(100_000)
        }
        return false
    }

    /// Runs a script with the variables that `env` prints.
    private func obey(_ path: [String], _ script: String) throws -> Outcome {
        try Command.outcome(
            [
                "bash", "-euo", "pipefail", "-c", #"eval $("$0" env "${@:2}"); eval "$1""#, Settings.binary, script,
                world.name,
            ] + path,
            environment: environment.merging(["ENVSNAP_STORE": world.store, "DOCKER_TLS_VERIFY": "1"]) { $1 },
            folder: world.folder, within: 120)
    }

    /// docker and docker-compose work on every engine of a replay of the nested project, streams as well, many at once.
    func docker(_ project: Project) throws {
        func docker(_ script: String, in path: [String] = []) throws -> String {
            try obey(path, script).expecting(0).output
        }
        let names = try docker("docker ps --format '{{.Label \"com.docker.compose.service\"}}'")
        #expect(Set(names.split(separator: "\n")) == ["box", "corge"])
        let box = try docker("docker ps -q --filter label=com.docker.compose.service=box").prefix { $0 != "\n" }
        #expect(try docker("docker ps --format '{{.Names}}'", in: ["corge"]) == "inner\n")
        #expect(try docker("docker logs inner", in: ["corge"]) == "deep\n")

        // The end of the input passes, and output that comes after it.
        let sum = "seq 100000 | docker exec -i \(box) sh -c 'md5sum; echo after'"
        #expect(try docker(sum) == docker("seq 100000 | md5sum; echo after"))
        let inner = "seq 100000 | docker exec -i inner sh -c 'md5sum; echo after'"
        #expect(try docker(inner, in: ["corge"]) == docker(sum))
        let build = """
            mkdir -p image; printf 'FROM \(Settings.image)\\nRUN echo built >/made\\n' >image/Dockerfile
            DOCKER_BUILDKIT=0 docker build -q -t mine image >/dev/null; docker run --rm --network none mine cat /made
            """
        #expect(try docker(build) == "built\n")
        // An event that is told after another one came by the open stream, however long it took to open.
        let streams = """
            lines() { for i in $(seq 300); do test "$(wc -l <"$1")" -ge "$2" && return; sleep 0.1; done; return 1; }
            since=$(date +%s)
            docker logs -f \(box) >log 2>&1 & logs=$!
            docker events --since "$since" --filter event=rename >events & events=$!
            docker rename \(box) other; lines events 1
            docker rename other \(project.name)_box_1; lines events 2; lines log 2
            kill $logs $events; wait || true; sort log; grep -c rename events
            """
        #expect(try docker(streams) == "first\nsecond\n2\n")
        let many = "for i in $(seq 30); do docker ps -q & done | wc -l; wait"
        #expect(try docker(many).contains("60"))
        let compose = "cd '\(project.folder)'; docker-compose -p \(project.name) ps"
        #expect(try docker(compose).contains("box"))
    }

    /// There is one for each engine, found again, and ended by --unset, by down, and with the replay.
    func life() throws {
        func env(_ arguments: String...) throws -> JSONValue {
            try Command.outcome(
                [Settings.binary, "env"] + arguments + ["--json", "-q"],
                environment: environment.merging(["ENVSNAP_STORE": world.store]) { $1 }, folder: world.folder
            ).expecting(0).data
        }
        let first = try env(world.name)
        #expect(isRunning(first))
        #expect(try env(world.name) == first)
        let deep = try env(world.name, "corge")
        #expect(deep["dockerHost"] != first["dockerHost"] && deep["process"] != first["process"])
        #expect(try Command.run("stat", "-c", "%a", folder) == "700")

        _ = try env("--unset", world.name, "corge")
        #expect(hasEnded(deep) && isRunning(first))
        let killed = try env(world.name, "corge")
        kill(Int32(killed["process"].int ?? 0), SIGKILL)
        #expect(hasEnded(killed))
        let doctor = try world.envsnap("doctor", environment: environment).expecting(0).output
        #expect(doctor.contains("a way into the replay \(world.name) was left"))
        #expect(try isRunning(env(world.name, "corge")))

        _ = try world.envsnap("down", world.name, environment: environment).expecting(0)
        #expect(hasEnded(first))
        #expect(try areClosed())
    }

    private func isRunning(_ data: JSONValue) -> Bool {
        // One that has ended stays as a zombie until init looks at it.
        let status = try? String(contentsOfFile: "/proc/\(data["process"].int ?? 0)/status", encoding: .utf8)
        return status.map { !$0.contains("State:\tZ") } ?? false
    }

    /// It gives its socket up a moment before it ends.
    private func hasEnded(_ data: JSONValue) -> Bool {
        for _ in 0..<100 where isRunning(data) { usleep(100_000) }
        return !isRunning(data)
    }
}
