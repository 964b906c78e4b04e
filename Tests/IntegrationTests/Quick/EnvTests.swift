// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Ways into a replay for other programs") struct EnvTests {
        @Test("what is not there is told, and nothing stays behind")
        func wrong() throws {
            try World.with("env-wrong") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try world.replay("before", as: world.name)
                let ways = try Ways(world)
                let environment = ways.environment
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
                #expect(try ways.areClosed(), "a way that nothing uses stays open")
            }
        }
    }
}
