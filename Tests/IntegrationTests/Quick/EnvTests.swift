// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Ways into a replay for other programs") struct EnvTests {
        private let runtime = "run"

        private func prepare(_ world: World) throws -> [String: String] {
            let folder = "\(world.folder)/\(runtime)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let environment = ["XDG_RUNTIME_DIR": folder]
            world.cleanUp("the ways") { _ = try world.envsnap("env", "--unset", world.name, environment: environment) }
            return environment
        }

        /// Runs a script with the variables that `env` prints.
        private func obey(
            _ world: World, _ environment: [String: String], _ path: [String], _ script: String
        ) throws -> Outcome {
            try Command.outcome(
                [
                    "bash", "-euo", "pipefail", "-c",
                    #"eval $("$0" env "${@:2}"); eval "$1""#, Settings.binary, script, world.name,
                ] + path,
                environment: environment.merging(["ENVSNAP_STORE": world.store, "DOCKER_TLS_VERIFY": "1"]) { $1 },
                folder: world.folder, within: 120)
        }

        @Test("docker and docker-compose work on every engine of a replay, streams as well, many at once")
        func docker() throws {
            try World.with("env") { world in
                let project = try NestedProject(world).project
                try world.capture(project.name, as: "before")
                try world.replay("before", as: world.name)
                let environment = try prepare(world)
                func docker(_ script: String, in path: [String] = []) throws -> String {
                    try obey(world, environment, path, script).expecting(0).output
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
                let streams = """
                    docker logs -f \(box) >log 2>&1 & logs=$!
                    timeout 60 docker events --filter event=rename >events & events=$!
                    sleep 4; docker rename \(box) other; docker rename other \(project.name)_box_1; sleep 3
                    kill $logs $events; wait || true; sort log; grep -c rename events
                    """
                #expect(try docker(streams) == "first\nsecond\n2\n")
                let many = "for i in $(seq 30); do docker ps -q & done | wc -l; wait"
                #expect(try docker(many).contains("60"))
                let compose = "cd '\(project.folder)'; docker-compose -p \(project.name) ps"
                #expect(try docker(compose).contains("box"))
            }
        }

        @Test("there is one for each engine, found again, and ended by --unset, by down, and with the replay")
        func life() throws {
            try World.with("env-life") { world in
                let project = try NestedProject(world).project
                try world.capture(project.name, as: "before")
                try world.replay("before", as: world.name)
                let environment = try prepare(world)
                let folder = "\(world.folder)/\(runtime)/envsnap"
                func env(_ arguments: String...) throws -> JSONValue {
                    try Command.outcome(
                        [Settings.binary, "env"] + arguments + ["--json", "-q"],
                        environment: environment.merging(["ENVSNAP_STORE": world.store]) { $1 }, folder: world.folder
                    ).expecting(0).data
                }
                func isRunning(_ data: JSONValue) -> Bool {
                    // One that has ended stays as a zombie until init looks at it.
                    let status = try? String(
                        contentsOfFile: "/proc/\(data["process"].int ?? 0)/status", encoding: .utf8)
                    return status.map { !$0.contains("State:\tZ") } ?? false
                }
                /// It gives its socket up a moment before it ends.
                func hasEnded(_ data: JSONValue) -> Bool {
                    for _ in 0..<50 where isRunning(data) { usleep(100_000) }
                    return !isRunning(data)
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
                usleep(300_000)
                let doctor = try world.envsnap("doctor", environment: environment).expecting(0).output
                #expect(doctor.contains("a way into the replay \(world.name) was left"))
                #expect(try isRunning(env(world.name, "corge")))

                _ = try world.envsnap("down", world.name, environment: environment).expecting(0)
                #expect(hasEnded(first))
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            }
        }

        @Test("what is not there is told, and nothing stays behind")
        func wrong() throws {
            try World.with("env-wrong") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try world.replay("before", as: world.name)
                let environment = try prepare(world)
                func error(_ arguments: String..., status: Int32) throws -> JSONValue {
                    try Command.outcome(
                        [Settings.binary, "env"] + arguments + ["--json", "-q"],
                        environment: environment.merging(["ENVSNAP_STORE": world.store]) { $1 }, folder: world.folder
                    ).expecting(status).error
                }
                #expect(try error("no-such-replay", status: 10)["code"] == "notFound")
                let host = try error(world.name, "nothing", status: 10)
                #expect(host["code"] == "noSuchPath" && host["hint"].string?.contains("box") == true)
                #expect(try error(world.name, "box", status: 10)["message"].string?.contains("no host") == true)
                _ = try world.envsnap("env", environment: environment).expecting(64)
                let fish = try world.envsnap("env", world.name, "--shell", "fish", environment: environment).expecting(
                    0)
                #expect(fish.output.hasPrefix("set -gx DOCKER_HOST unix:///"))
                let unset = try world.envsnap("env", "--unset", world.name, "--shell", "sh", environment: environment)
                    .expecting(0)
                #expect(unset.output.hasPrefix("unset DOCKER_HOST;\n"))

                // It ends by itself where the replay has gone without its knowledge, and where nothing uses it.
                _ = try world.envsnap("env", world.name, "--idle", "0.001", environment: environment).expecting(0)
                usleep(9_000_000)
                let folder = "\(world.folder)/\(runtime)/envsnap"
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
            }
        }
    }
}
