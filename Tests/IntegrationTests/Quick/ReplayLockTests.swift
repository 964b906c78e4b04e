// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Several at one replay") struct ReplayLockTests {
        private func replay(_ world: World) throws {
            let project = try Project.small(world)
            try world.capture(project.name, as: "before")
            try project.remove()
            try world.replay("before", as: world.name)
        }

        @Test("what another process is at work on is left alone, by its process id, until that ends however it does")
        func excluded() throws {
            try World.with("atwork") { world in
                try replay(world)
                let lock = "\(world.store)/locks/\(world.name)"
                let holder = try Command(["flock", "-x", lock, "sleep", "300"])
                world.cleanUp("the lock's holder") {
                    try Command.script(#"pkill -KILL -P "$1" || true; kill -KILL "$1" || true"#, "\(holder.id)")
                }
                usleep(300_000)
                for verb in [["reset"], ["down"], ["verify"], ["diff", "before"]] {
                    let outcome = try Command.outcome(
                        [Settings.binary] + verb + [world.name, "--store", world.store, "--json", "-q"]
                    ).expecting(11)
                    let message = try outcome.error["message"].string ?? ""
                    #expect(message.contains("process \(holder.id) (flock)"), "\(verb): \(message)")
                    #expect(try outcome.error["code"] == "locked")
                }
                #expect(try world.envsnap("ps", "--json").expecting(0).data[0]["state"] == "running")
                // A reader of a pipe that nobody writes to ends with its command all the same.
                try Command.script(
                    #"mkfifo "$1"/pipe; exec 3<>"$1"/pipe; timeout 30 "$2" exec "$3" . --store "$4" -- true <"$1"/pipe"#,
                    world.folder, Settings.binary, world.name, world.store)
                try Command.script(#"pkill -KILL -P "$1" || true; kill -KILL "$1" || true"#, "\(holder.id)")
                _ = try holder.finish(within: 10)
                let verified = try world.envsnap("verify", world.name, "--json", "-q", "--lock-wait", "30").expecting(0)
                #expect(try verified.data["exact"] == true)
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(!FileManager.default.fileExists(atPath: lock))
            }
        }

        @Test("resets, verifications and removals at the same moment: one at a time, and the replay is whole")
        func atOnce() throws {
            try World.with("contend") { world in
                try replay(world)
                for _ in 0..<3 {
                    let running = try [["reset"], ["verify"], ["reset"], ["verify"]].map {
                        try world.start($0[0], world.name, "--json", "-q")
                    }
                    let outcomes = try running.map { try $0.finish(within: 120) }
                    #expect(outcomes.allSatisfy { [0, 11].contains($0.status) }, "\(outcomes)")
                    #expect(outcomes.contains { $0.status == 0 })
                }
                _ = try world.envsnap("reset", world.name, "-q").expecting(0)
                #expect(try world.envsnap("verify", world.name, "--json", "-q").expecting(0).data["exact"] == true)
                let reset = try world.start("reset", world.name, "--progress", "plain")
                for _ in 0..<2000 where reset.isRunning && reset.errorOutput.isEmpty { usleep(2_000) }
                let down = try world.envsnap("down", world.name, "--lock-wait", "60")
                #expect(down.status == 0, "\(down)")
                #expect(try [0, 10].contains(reset.finish().status))
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
            }
        }
    }
}
