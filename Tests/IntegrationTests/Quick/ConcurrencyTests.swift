// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Several at a time") struct ConcurrencyTests {
        @Test("captures into one store, with listings meanwhile")
        func captures() throws {
            try World.with("several") { world in
                let projects = try (0..<3).map { try Project.small(world, name: "\(world.name)-\($0)") }
                for project in projects {
                    try Command.script(#"head -c 30000000 /dev/urandom >"$1"/bind/random"#, project.folder)
                }
                let running = try projects.map { try world.start("capture", $0.name, "--json", "-q") }
                _ = try world.envsnap("ls", "--json").expecting(0)
                let ids = try running.map { try $0.finish().expecting(0).data["id"].string }
                #expect(Set(ids).count == 3)
                let list = try world.envsnap("ls", "--json").expecting(0).data
                #expect(Set((list.array ?? []).map { $0["id"].string }) == Set(ids))
                _ = try world.envsnap("check", "--read-data", "-q").expecting(0)
            }
        }

        @Test("a gc during a capture takes nothing that it needs")
        func collection() throws {
            try World.with("collect") { world in
                let project = try Project.small(world)
                try Command.script(#"head -c 200000000 /dev/urandom >"$1"/bind/random"#, project.folder)
                let capture = try world.start("capture", project.name, "--json", "-q")
                for _ in 0..<50 where capture.isRunning {
                    let collected = try world.envsnap("gc", "-q")
                    #expect([0, 11].contains(collected.status), "\(collected)")
                    usleep(50_000)
                }
                _ = try capture.finish().expecting(0)
                _ = try world.envsnap("gc", "-q").expecting(0)
                _ = try world.envsnap("check", "--read-data", "-q").expecting(0)
                let early = try Command.outcome(
                    ["bash", "-c", #""$0" show "$(ls "$1"/snapshots | cut -c1-12)" | head -n 1"#, Settings.binary]
                        + [world.store],
                    environment: ["ENVSNAP_STORE": world.store])
                #expect(early.output.hasPrefix("snapshot "))
                #expect(early.errors.isEmpty)
            }
        }

        @Test("replays of one snapshot that are made at the same moment")
        func replays() throws {
            try World.with("atonce") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                let listing = try EngineListing()
                let names = (0..<3).map { "\(world.name)-\($0)" }
                for name in names { world.takeDownAtEnd(name) }
                let running = try names.map {
                    try world.start(
                        "replay", "before", "--as", $0, "--capsule-image", Settings.hostImage, "--json", "-q")
                }
                for (name, replay) in zip(names, running) {
                    let outcome = try replay.finish()
                    #expect(outcome.status == 0, "\(name): \(outcome)")
                }
                _ = try world.envsnap("down", names[0], names[1], names[2]).expecting(0)
                try EngineListing.expectNoChange(since: listing)
            }
        }
    }
}
