// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("A bug report that replays", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct TravelTests {
        @Test("by file, and through two registries: exact and with its probes on an engine that has no image")
        func twin() throws {
            try World.with("travel") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                let captured = try world.envsnap(
                    "capture", twin.name, "--name", "bug", "--json", "-q", "--probe",
                    "twin-fred/web: nc -w 2 echo 7001",
                    "--probe", "twin-fred/web: echo ping | nc -w 2 echo 7000", within: 300
                ).expecting(0).data
                #expect(captured["probes"].array?.map { $0["result"]["exitStatus"] } == [1, 0])
                _ = try world.envsnap("export", "bug", "-o", "bug.envsnap", within: 300).expecting(0)
                let (first, second) = (try Registry(world, "first"), try Registry(world, "second"))
                _ = try world.envsnap("push", "bug", "oci://\(first.address)/bugs/twin:1", within: 300).expecting(0)
                try twin.remove()

                let machine = try Machine(world)
                #expect(try machine.run("docker image ls -q").isEmpty)
                try FileManager.default.moveItem(
                    atPath: "\(world.folder)/bug.envsnap", toPath: "\(world.folder)/from-a-friend")
                try replay("from-a-friend", in: "\(world.folder)/by-file", on: machine, world)

                try Command.run(
                    "skopeo", "copy", "-q", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false",
                    "docker://\(first.address)/bugs/twin:1", "docker://\(second.address)/copies/twin:1")
                try replay(
                    "oci://\(second.address)/copies/twin:1", in: "\(world.folder)/by-registry", on: machine, world)
            }
        }

        /// Replays it with an empty store: refused first, then with what was asked for, exactly; then nothing is left.
        private func replay(_ source: String, in store: String, on machine: Machine, _ world: World) throws {
            let there = machine.tls.merging(["ENVSNAP_STORE": store]) { $1 }
            func run(_ allowed: [String]) throws -> Outcome {
                try Command.outcome(
                    [Settings.binary, "replay", source, "--as", "again", "--json", "-q"] + allowed, environment: there,
                    folder: world.folder, within: 400)
            }
            let refused = try run([]).expecting(5).error
            let powers = (refused["details"]["powers"].array ?? []).compactMap { $0["allow"].string }
            #expect(powers.sorted() == ["privileged=.", "privileged=twin-fred", "privileged=twin-waldo"])
            let replayed = try run(powers.flatMap { ["--allow", $0] }).expecting(0).data
            #expect(replayed["verdict"]["exact"] == true)
            #expect(replayed["probes"].array?.map { $0["reproduced"] } == [true, true])
            _ = try world.envsnap("verify", "again", environment: there).expecting(0)
            _ = try world.envsnap("down", "again", environment: there).expecting(0)
        }
    }
}
