// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("The catalogue made anew") struct RebuildTests {
        private func lose(_ world: World) throws {
            try FileManager.default.removeItem(atPath: "\(world.store)/catalogue.sqlite")
        }

        @Test(
            "a lost catalogue: nothing works but its rebuild, nothing is lost, and where things came from is asked about"
        )
        func lost() throws {
            try World.with("lost") { world in
                let project = try Project.small(world)
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                let blobs = try world.blobs()
                try lose(world)
                for arguments in [["ls"], ["check"], ["gc"], ["show", "before"], ["capture", project.name]] {
                    let outcome = try Command.outcome(
                        [Settings.binary] + arguments + ["--store", world.store, "--json", "-q"]
                    ).expecting(12)
                    #expect(try outcome.error["hint"].string?.contains("check --rebuild") == true)
                }
                #expect(try world.blobs() == blobs)

                let rebuilt = try world.envsnap("check", "--rebuild", "--read-data", "--json").expecting(0).data
                #expect(rebuilt["problems"].isEmpty && rebuilt["snapshots"] == 1)
                #expect(rebuilt["rebuilt"]["fromElsewhere"].strings == [id])
                #expect(rebuilt["rebuilt"]["setAside"].isNull)
                let listed = try world.envsnap("ls", "--json").expecting(0).data[0]
                #expect(listed["id"].string == id && listed["name"] == "before")
                #expect(listed["origin"]["kind"] == "rebuilt")
                #expect(try world.envsnap("ls").expecting(0).output.contains("(rebuilt)"))
                #expect(try world.envsnap("show", "before").expecting(0).output.contains("rebuilt from its document"))
                _ = try world.envsnap("gc").expecting(0)
                #expect(try world.blobs() == blobs)
                try project.remove()
                let replayed = try world.replay("before", as: world.name).data
                #expect(replayed["verdict"]["exact"] == true)
            }
        }

        @Test(
            "a snapshot that asks for powers is refused after a rebuild of a lost catalogue, as one from elsewhere is")
        func powers() throws {
            try World.with("powers") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        services:
                          box:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                            network_mode: "none"
                            cap_add: ["SYS_TIME"]
                        """)
                try world.capture(project.name, as: "before")
                try lose(world)
                let text = try world.envsnap("check", "--rebuild").expecting(0).output
                #expect(text.contains("count as from elsewhere") && text.contains("before"))
                let refused = try world.envsnap(
                    "replay", "before", "--as", world.name, "--capsule-image", Settings.hostImage, "--json", "-q"
                ).expecting(5)
                #expect(try refused.error["message"].string?.contains("cap:SYS_TIME=box") == true)
                #expect(try refused.error["message"].string?.contains("rebuilt from its document") == true)
            }
        }

        @Test("replays: a sound catalogue hands them on, a damaged one leaves them to doctor and down")
        func replays() throws {
            try World.with("unknown") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try project.remove()
                let listing = try EngineListing()
                try world.replay("before", as: world.name)
                let sound = try world.envsnap("check", "--rebuild", "--json").expecting(0).data["rebuilt"]
                #expect(sound["was"] == "sound" && sound["replays"] == 1 && sound["fromElsewhere"].isEmpty)
                #expect(try world.envsnap("ps", "--json").expecting(0).data[0]["state"] == "running")

                try Command.script(#"head -c 30000 /dev/urandom >"$1"/catalogue.sqlite"#, world.store)
                let garbage = try Data(contentsOf: URL(filePath: "\(world.store)/catalogue.sqlite"))
                let damaged = try world.envsnap("check", "--rebuild", "--json").expecting(0).data["rebuilt"]
                let aside = try #require(damaged["setAside"].string)
                #expect(try Data(contentsOf: URL(filePath: aside)) == garbage)
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
                let doctor = try world.envsnap("doctor").expecting(0).output
                #expect(doctor.contains("the replay \(world.name), which this store does not know"))
                #expect(doctor.contains("envsnap down \(world.name)"))
                _ = try world.envsnap("gc").expecting(0)
                #expect(try Places.machine.inspect("envsnap-\(world.name)")["State"]["Running"] == true)
                let other = ["ENVSNAP_STORE": "\(world.folder)/other"]
                let theirs = try world.envsnap("down", world.name, "--json", environment: other).expecting(10)
                #expect(try theirs.error["code"] == "otherStore")
                #expect(try theirs.error["message"].string?.contains(world.store) == true)
                _ = try world.envsnap("down", world.name).expecting(0)
                try EngineListing.expectNoChange(since: listing)
                _ = try world.envsnap("down", world.name).expecting(10)
            }
        }

        @Test("nobody has the store open meanwhile: the message names who has")
        func locked() throws {
            try World.with("inuse") { world in
                let project = try Project.small(world)
                try Command.script(#"head -c 300000000 /dev/urandom >"$1"/bind/random"#, project.folder)
                let capture = try world.start("capture", project.name, "--progress", "plain")
                for _ in 0..<3000 where capture.isRunning && !capture.errorOutput.contains("reading") { usleep(2_000) }
                kill(capture.id, SIGSTOP)
                world.cleanUp("what is stopped") { kill(capture.id, SIGCONT) }
                let refused = try world.envsnap("check", "--rebuild", "--json", "-q").expecting(11)
                let message = try refused.error["message"].string ?? ""
                #expect(message.contains("process \(capture.id) (envsnap capture)"), "\(message)")
                let gc = try world.envsnap("gc", "--json", "-q").expecting(11)
                #expect(try gc.error["message"].string?.contains("process \(capture.id) (envsnap capture)") == true)
                kill(capture.id, SIGCONT)
                let waited = try world.envsnap("gc", "-q", "--lock-wait", "60")
                #expect(waited.status == 0, "\(waited)")
                _ = try capture.finish().expecting(0)
                _ = try world.envsnap("check", "--rebuild", "--read-data", "-q").expecting(0)
            }
        }
    }
}
