// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Captures that are interrupted") struct InterruptionTests {
        /// A project with so much to read that there is time to interrupt.
        private func largeProject(_ world: World) throws -> Project {
            let project = try Project.small(world)
            try Command.script(#"head -c 250000000 /dev/urandom >"$1"/bind/large"#, project.folder)
            try world.keepChanging("\(project.folder)/bind/large")
            return project
        }

        /// Starts a capture and waits until its containers are paused.
        private func captureUntilPaused(_ world: World, _ project: Project) throws -> Command {
            let capture = try world.start("capture", project.name, "--progress", "plain")
            let box = try project.container("box")
            for _ in 0..<3000 where capture.isRunning {
                if try Places.machine.inspect(box)["State"]["Paused"] == true { return capture }
                usleep(5_000)
            }
            throw try capture.finish(within: 1)
        }

        private func isPaused(_ project: Project) throws -> Bool {
            try Places.machine.inspect(project.container("box"))["State"]["Paused"] == true
        }

        @Test("a signal ends it with 130; nothing is paused, nothing kept", arguments: [SIGINT, SIGTERM])
        func signal(signal: Int32) throws {
            try World.with("signal") { world in
                let project = try largeProject(world)
                let capture = try captureUntilPaused(world, project)
                kill(capture.id, signal)
                let outcome = try capture.finish(within: 30)
                #expect(outcome.status == 130, "\(outcome)")
                #expect(outcome.output.isEmpty)
                #expect(outcome.errors.contains("interrupted"))
                #expect(try !isPaused(project))
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)
                _ = try world.envsnap("check").expecting(0)
                _ = try world.envsnap("gc").expecting(0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(world.store)/tmp").isEmpty)
                #expect(try world.blobs().isEmpty)
            }
        }

        @Test("what a killed capture left paused goes on with doctor, and with the next capture")
        func killed() throws {
            try World.with("killed") { world in
                let project = try largeProject(world)
                world.cleanUp("what is paused") {
                    if try self.isPaused(project) { try Command.run("docker", "unpause", project.container("box")) }
                }
                let first = try captureUntilPaused(world, project)
                kill(first.id, SIGKILL)
                _ = try first.finish(within: 10)
                #expect(try isPaused(project))
                let doctor = try world.envsnap("doctor").expecting(0)
                #expect(doctor.output.contains("box"))
                #expect(try !isPaused(project))
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)

                let second = try captureUntilPaused(world, project)
                kill(second.id, SIGKILL)
                _ = try second.finish(within: 10)
                #expect(try isPaused(project))
                try FileManager.default.removeItem(atPath: "\(project.folder)/bind/large")
                let next = try world.envsnap("capture", project.name, "--name", "next").expecting(0)
                #expect(next.errors.contains("paused"))
                #expect(try !isPaused(project))
                let status = try world.document("next")["engine"]["containers"][0]["inspect"]["State"]["Status"]
                #expect(status == "running", "it was captured as paused")
                _ = try world.envsnap("gc").expecting(0)
                _ = try world.envsnap("check", "--read-data").expecting(0)
                #expect(try FileManager.default.contentsOfDirectory(atPath: "\(world.store)/tmp").isEmpty)
            }
        }

        @Test("a replay that is interrupted leaves nothing")
        func replay() throws {
            try World.with("halfway") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try project.remove()
                let listing = try EngineListing()
                world.takeDownAtEnd(world.name)
                let replay = try world.start(
                    "replay", "before", "--as", world.name, "--capsule-image", Settings.hostImage, "--progress", "plain"
                )
                for _ in 0..<3000 where replay.isRunning && !replay.errorOutput.contains("starting the capsule") {
                    usleep(5_000)
                }
                usleep(300_000)
                kill(replay.id, SIGINT)
                let outcome = try replay.finish(within: 60)
                #expect(outcome.status == 130, "\(outcome)")
                try EngineListing.expectNoChange(since: listing)
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
                try world.replay("before", as: world.name)
            }
        }
    }
}
