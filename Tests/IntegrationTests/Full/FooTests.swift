// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("The reproduction of the seed", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct FooTests {
        @Test("two replays of foo with 10.81.82.0/24 stand side by side, and its own test passes in both")
        func pair() throws {
            try World.with("foo") { world in
                let foo = try Reproduction(world, "foo", target: "run")
                let captured = try Measured(world, "capture", foo.name, "--name", "before", "--json", "-q")
                _ = try captured.outcome.expecting(0)
                try Project.removeObjects(of: foo.name)
                let replays = ["\(world.name)-a", "\(world.name)-b"]
                for replay in replays {
                    world.takeDownAtEnd(replay)
                    let measured = try Measured(world, "replay", "before", "--as", replay, "--json", "-q")
                    #expect(try measured.outcome.expecting(0).data["verdict"]["exact"] == true)
                    #expect(measured.megabytes < 200)
                }
                #expect(captured.megabytes < 200)
                for replay in replays {
                    let tested = try world.envsnap("exec", replay, ".", "--", "make", "test", within: 120)
                    #expect(tested.status == 0, "\(tested)")
                    let seen = try world.envsnap(
                        "exec", replay, ".", "--", "docker-compose", "exec", "-T", "foo-host-corge", "docker-compose",
                        "exec", "-T", "foo-app", "nc", "-vz", "redis", "6379")
                    #expect(seen.status == 0, "\(seen)")
                }
            }
        }
    }
}
