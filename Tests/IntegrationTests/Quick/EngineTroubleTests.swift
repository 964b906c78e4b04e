// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Engines that cannot be reached") struct EngineTroubleTests {
        @Test("no engine at the address", arguments: ["unix:///nonexistent.sock", "tcp://127.0.0.1:1"])
        func noEngine(address: String) throws {
            try World.with("noengine") { world in
                let environment = ["DOCKER_HOST": address]
                for arguments in [["capture"], ["capture", "any"], ["capture", "--dry-run"]] {
                    let outcome = try Command.outcome(
                        [Settings.binary] + arguments + ["--store", world.store, "--json"], environment: environment)
                    #expect(outcome.status == 20, "\(outcome)")
                    let message = try outcome.error["message"].string ?? ""
                    #expect(message.contains(address.replacingOccurrences(of: "unix://", with: "")), "\(message)")
                    #expect(try outcome.error["code"] == "unreachable")
                }
                let text = try world.envsnap("capture", environment: environment).expecting(20)
                #expect(text.errors.contains("error: "))
                #expect(text.output.isEmpty)
                let doctor = try world.envsnap("doctor", environment: environment).expecting(20)
                #expect(doctor.output.contains("bad"))
                // What needs no engine works without one.
                _ = try world.envsnap("ls", environment: environment).expecting(0)
                _ = try world.envsnap("check", environment: environment).expecting(0)
            }
        }

        @Test("something that is no engine answers")
        func notAnEngine() throws {
            try World.with("other") { world in
                let server = try Command([
                    "python3", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", world.folder,
                ])
                world.cleanUp("the server") {
                    kill(server.id, SIGKILL)
                    _ = try server.finish(within: 10)
                }
                var port = ""
                for _ in 0..<100 where port.isEmpty {
                    usleep(100_000)
                    port = try Command.script(
                        #"ss -Hltnp | sed -n "s/.*127.0.0.1:\([0-9]*\) .*pid=$1,.*/\1/p""#, "\(server.id)"
                    ).trimmingCharacters(in: .whitespacesAndNewlines)
                }
                try #require(!port.isEmpty)
                let outcome = try world.envsnap(
                    "capture", "--json", environment: ["DOCKER_HOST": "tcp://127.0.0.1:\(port)"]
                ).expecting(20)
                #expect(try outcome.error["code"] == "not-an-engine")
            }
        }

        @Test("a user who may not use the socket, and one who may but must not have a helper")
        func permissions() throws {
            try World.with("user") { world in
                let project = try Project.small(world)
                let folder = "\(world.folder)/user"
                try Command.run("install", "-d", "-o", "65534", "-g", "65534", "-m", "700", folder)
                try Command.run("install", "-m", "755", Settings.binary, "\(world.folder)/envsnap")
                let group = try Command.run("stat", "-c", "%g", "/var/run/docker.sock")
                func run(group: String, access: String = "", _ arguments: String...) throws -> Outcome {
                    try Command.outcome(
                        ["setpriv", "--reuid", "65534", "--regid", group, "--clear-groups", "\(world.folder)/envsnap"]
                            + arguments + ["--json", "-q"],
                        environment: ["HOME": folder, "ENVSNAP_STORE": "\(folder)/store", "ENVSNAP_ACCESS": access],
                        folder: folder)
                }
                let barred = try run(group: "65534", "capture", project.name).expecting(20)
                #expect(try barred.error["code"] == "permission-denied")
                let message = try barred.error["message"].string ?? ""
                #expect(message.contains("docker.sock"), "\(message)")
                #expect(try barred.error["hint"].string?.isEmpty == false || message.contains("permission"))

                // With a helper this user captures: HelperTests.
                let member = try run(group: group, access: "direct", "capture", project.name).expecting(1)
                #expect(try member.error["code"] == "noAccess")
                #expect(try member.error["hint"].string?.contains("root") == true)
            }
        }
    }
}
