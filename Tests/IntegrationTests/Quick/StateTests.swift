// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("States of containers") struct StateTests {
        @Test("one that the user has paused stays paused, and is paused in the replay")
        func paused() throws {
            try World.with("paused") { world in
                let project = try Project.small(world)
                let box = try project.container("box")
                try Command.run("docker", "pause", box)
                try world.capture(project.name, as: "before")
                #expect(try Places.machine.inspect(box)["State"]["Status"] == "paused")
                try Command.run("docker", "unpause", box)
                try world.replay("before", as: world.name)
                let capsule = try Places.capsule(world.name)
                let again = try Project.container("box", of: project.name, docker: capsule.docker)
                #expect(try capsule.inspect(again)["State"]["Status"] == "paused")
                _ = try world.envsnap("down", world.name).expecting(0)
            }
        }

        @Test("a capture does not make a healthy container unhealthy, in its own eyes or the next one's")
        func health() throws {
            try World.with("health") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        services:
                          box:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                            healthcheck:
                              test: ["CMD", "true"]
                              interval: "2s"
                        """)
                try project.awaitHealthy("box")
                // An engine shows "unhealthy" from a pause to the next probe.
                let first = try world.capture(project.name, as: "first").data
                #expect(first["changedMeanwhile"].isEmpty)
                try world.capture(project.name, as: "second")
                try world.replay("second", as: world.name)
            }
        }

        @Test("what is missing in a snapshot is said, with status 4")
        func incomplete() throws {
            try World.with("partly") { world in
                let project = try Project.rich(world)
                let volume = "\(project.name)_data"
                try project.awaitHealthy("box")
                let outcome = try world.envsnap(
                    "capture", project.name, "--name", "part", "--exclude", volume, "--json", "-q"
                ).expecting(4)
                let data = try outcome.data
                #expect(data["complete"] == false)
                let losses = (data["notCaptured"].array ?? []).filter { $0["weight"] == "loss" }
                #expect(losses.contains { $0["object"].string?.contains(volume) == true }, "\(losses)")
                let text = try world.envsnap("capture", project.name, "--exclude", volume).expecting(4)
                #expect((text.output + text.errors).contains("incomplete"))
                #expect(try world.envsnap("ls", "--json").expecting(0).data[0]["complete"] == false)
                let shown = try world.envsnap("show", "part").expecting(0).output
                #expect(shown.contains("left out as asked"))
            }
        }

        @Test("files in memory come back too")
        func memory() throws {
            try World.with("memory") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        volumes:
                          memory:
                            driver_opts: {type: "tmpfs", device: "tmpfs", o: "size=1m"}
                        services:
                          box:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                            volumes: ["memory:/memory"]
                            tmpfs: ["/fleeting"]
                        """)
                let script = "echo first >/memory/file; echo second >/fleeting/file; chmod 640 /memory/file"
                try Command.run("docker", "exec", project.container("box"), "sh", "-c", script)
                try world.capture(project.name, as: "before")
                try project.remove()
                try world.replay("before", as: world.name)
                let read = try world.envsnap(
                    "exec", world.name, "box", "--", "sh", "-c",
                    "cat /memory/file /fleeting/file; stat -c %a /memory/file; mount | grep -c ' on /memory type tmpfs'"
                )
                #expect(read.output == "first\nsecond\n640\n1\n", "\(read)")
            }
        }
    }
}
