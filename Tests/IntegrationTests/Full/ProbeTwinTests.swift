// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Probes with hosts", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct ProbeTwinTests {
        @Test("a bug between containers of two hosts travels; mended in the replay, it is not reproduced")
        func twin() throws {
            try World.with("probe-twin") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                let broken = "twin-fred/web: nc -w 2 echo 7001"
                let captured = try world.envsnap(
                    "capture", twin.name, "--name", "broken", "--json", "-q", "--probe", broken,
                    "--probe", "twin-fred/web: echo ping | nc -w 2 echo 7000", "--probe",
                    "twin-waldo: docker ps -q | wc -l",
                    within: 300
                ).expecting(0).data
                #expect(captured["probes"].array?.map { $0["result"]["exitStatus"] } == [1, 0, 0])
                #expect(captured["probes"][2]["result"]["stdout"]["text"] == "1\n")
                try twin.remove()
                world.takeDownAtEnd(world.name)
                let replayed = try world.envsnap("replay", "broken", "--as", world.name, "--json", "-q", within: 300)
                    .expecting(0).data
                #expect(replayed["verdict"]["exact"] == true)
                #expect(replayed["probes"].array?.map { $0["reproduced"] } == [true, true, true])

                let echo = try world.envsnap(
                    "exec", world.name, "twin-waldo", "--", "docker", "kill", "waldo_echo_1")
                if echo.status != 0 {
                    _ = try world.envsnap("exec", world.name, "twin-waldo", "--", "docker", "kill", "waldo-echo-1")
                        .expecting(0)
                }
                let verified = try world.envsnap("verify", world.name, "--json", "-q").expecting(3).data
                #expect(verified["probes"].array?.map { $0["reproduced"] } == [true, false, true])
            }
        }
    }
}
