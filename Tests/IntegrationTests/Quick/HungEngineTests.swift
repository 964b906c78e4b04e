// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Engines that hang") struct HungEngineTests {
        /// An engine that takes connections and, after so many answers to the first requests, says nothing more.
        private func hungEngine(_ world: World, answers: Int) throws -> [String: String] {
            let socket = "\(world.folder)/hung.sock"
            let program = """
                import socket, sys, threading, time
                server = socket.socket(socket.AF_UNIX); server.bind(sys.argv[1]); server.listen(64)
                left = [int(sys.argv[2])]
                def serve(c):
                    while True:
                        data = c.recv(65536)
                        if not data: return
                        if left[0] <= 0: time.sleep(600)
                        left[0] -= 1
                        body = b'{"ApiVersion":"1.45","MinAPIVersion":"1.24","Version":"hung"}'
                        c.sendall(b"HTTP/1.1 200 OK\\r\\nApi-Version: 1.45\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)
                while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
                """
            let server = try Command(["python3", "-c", program, socket, "\(answers)"])
            world.cleanUp("the hung engine") {
                kill(server.id, SIGKILL)
                _ = try server.finish(within: 5)
            }
            for _ in 0..<500 where !FileManager.default.fileExists(atPath: socket) { usleep(10_000) }
            return ["DOCKER_HOST": "unix://\(socket)"]
        }

        private func interrupt(_ run: Command, _ signal: Int32 = SIGINT) throws -> (Outcome, Duration) {
            let start = ContinuousClock.now
            kill(run.id, signal)
            let outcome = try run.finish(within: 30)
            return (outcome, ContinuousClock.now - start)
        }

        @Test("who waits for an engine that never answers is told so, and what for, after a while")
        func silent() throws {
            try World.with("silent") { world in
                let environment = try hungEngine(world, answers: 0)
                let start = ContinuousClock.now
                let outcome = try world.envsnap("capture", "any", "--json", environment: environment).expecting(20)
                #expect(ContinuousClock.now - start < .seconds(20))
                let message = try outcome.error["message"].string ?? ""
                #expect(message.contains("hung.sock") && message.contains("/_ping"), "\(message)")
            }
        }

        @Test("a signal ends a wait for an engine at once", arguments: [0, 2], [SIGINT, SIGTERM])
        func signals(answers: Int, signal: Int32) throws {
            try World.with("hungsig") { world in
                let environment = try hungEngine(world, answers: answers)
                let run = try Command(
                    [Settings.binary, "capture", "any"],
                    environment: environment.merging(["ENVSNAP_STORE": world.store]) { $1 }, folder: world.folder)
                sleep(1)
                #expect(run.isRunning)
                let (outcome, time) = try interrupt(run, signal)
                #expect(outcome.status == 130, "\(outcome)")
                #expect(time < .seconds(2), "\(time)")
            }
        }

        @Test("a signal during a replay whose capsule's engine hangs, and during a look at one")
        func capsule() throws {
            try World.with("hungcap") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try project.remove()
                let listing = try EngineListing()
                try world.replay("before", as: world.name)
                let process = try #require(Places.machine.inspect("envsnap-\(world.name)")["State"]["Pid"].int)
                world.cleanUp("what is stopped") { kill(pid_t(process), SIGCONT) }
                kill(pid_t(process), SIGSTOP)
                for verb in ["verify", "reset"] {
                    let run = try world.start(verb, world.name, "--progress", "plain")
                    sleep(2)
                    #expect(run.isRunning, "\(verb) did not wait")
                    let (outcome, time) = try interrupt(run)
                    #expect(outcome.status == 130, "\(outcome)")
                    #expect(time < .seconds(2), "\(verb): \(time)")
                }
                kill(pid_t(process), SIGCONT)
                #expect(try world.envsnap("verify", world.name, "--json", "-q").expecting(0).data["exact"] == true)

                let other = "\(world.name)-2"
                world.takeDownAtEnd(other)
                let making = try world.start(
                    "replay", "before", "--as", other, "--capsule-image", Settings.hostImage, "--progress", "plain")
                for _ in 0..<30_000 where making.isRunning && !making.errorOutput.contains("starting the capsule") {
                    usleep(1_000)
                }
                var young: Int64 = 0
                for _ in 0..<1_000 where young == 0 {
                    young = (try? Places.machine.inspect("envsnap-\(other)")["State"]["Pid"].int) ?? 0
                    usleep(2_000)
                }
                kill(pid_t(young), SIGSTOP)
                usleep(1_500_000)
                #expect(making.isRunning)
                let (outcome, time) = try interrupt(making)
                #expect(outcome.status == 130, "\(outcome)")
                #expect(time < .seconds(15), "\(time)")
                _ = try world.envsnap("down", world.name).expecting(0)
                try EngineListing.expectNoChange(since: listing)
            }
        }

        @Test("a signal while a large file is read")
        func reading() throws {
            try World.with("bigread") { world in
                let project = try Project.small(world)
                try Command.script(
                    #"head -c 200000000 /dev/urandom >"$1"/bind/a; for i in $(seq 8); do cat "$1"/bind/a; done >"$1"/bind/b"#,
                    project.folder)
                let run = try world.start("capture", project.name, "--progress", "plain")
                for _ in 0..<5_000 where run.isRunning && !run.errorOutput.contains("reading") { usleep(2_000) }
                usleep(200_000)
                #expect(run.isRunning)
                let (outcome, time) = try interrupt(run)
                #expect(outcome.status == 130, "\(outcome)")
                #expect(time < .seconds(2), "\(time)")
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)
                _ = try world.envsnap("gc", "-q").expecting(0)
                #expect(try world.blobs().isEmpty)
            }
        }
    }
}
