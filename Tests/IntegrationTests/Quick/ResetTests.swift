// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Resets") struct ResetTests {
        /// The data of a replay of the rich project, by place, and the ids of its containers.
        private struct Look {
            var walks: [String: Walk] = [:]
            var ids: [String: String] = [:]

            init(_ project: Project, in places: Places, folder: String) throws {
                for service in ["box", "gone"] {
                    ids[service] = try Project.container(service, of: project.name, docker: places.docker)
                }
                let box = ids["box"] ?? ""
                walks["the folder"] = try Walk(folder)
                for volume in ["/data", "/anonymous"] { walks[volume] = try Walk(places.mount(box, at: volume)) }
                walks["the box"] = try Walk(places.layer(box))
                walks["what had ended"] = try Walk(places.layer(ids["gone"] ?? ""))
            }

            func expectSame(as other: Look) throws {
                for (place, walk) in other.walks {
                    #expect(try #require(walks[place]).differences(from: walk).isEmpty, "\(place) differs")
                }
            }
        }

        private func richReplay(_ world: World) throws -> Project {
            let project = try Project.rich(world)
            try project.awaitHealthy("box")
            let box = try project.container("box")
            try OddTree.fill(Places.machine.mount(box, at: "/data"))
            try OddTree.fill("\(project.folder)/bind")
            try Command.run("docker", "exec", box, "sh", "-c", "echo kept >/kept; rm /bin/vi; echo in >/anonymous/in")
            try world.capture(project.name, as: "before")
            try project.remove()
            try world.replay("before", as: world.name)
            return project
        }

        private func reset(_ world: World, expecting status: Int32 = 0) throws -> Outcome {
            try world.envsnap("reset", world.name, "--json", "--progress", "none").expecting(status)
        }

        @Test("files, settings, states and what was added: all is as it was, and what was not touched stays")
        func everything() throws {
            try World.with("reset") { world in
                let project = try richReplay(world)
                let capsule = try Places.capsule(world.name)
                let before = try Look(project, in: capsule, folder: capsule.root + project.folder)
                func docker(_ arguments: String...) throws {
                    _ = try Command.outcome(capsule.docker + arguments).expecting(0)
                }
                let box = before.ids["box"] ?? ""
                try docker("exec", box, "sh", "-c", "echo x >/data/new; rm -r '/data/a folder'; rm /kept; touch /tmp/t")
                try docker(
                    "exec", box, "sh", "-c", "echo changed >/srv/bind/random; rm /anonymous/in; echo i | tee /etc/issue"
                )
                try Command.script(
                    #"cd "$1"; rm -r bind/deeper*; mkdir more; echo x >more/y"#, capsule.root + project.folder)
                try docker("start", before.ids["gone"] ?? "")
                try docker("wait", before.ids["gone"] ?? "")
                let listing = try EngineListing(capsule.docker)

                let first = try reset(world).data
                #expect(first["verdict"]["exact"] == true)
                #expect(first["replay"].string == world.name)
                #expect(first["snapshot"].string?.utf8.count == 64)
                let after = try Look(project, in: capsule, folder: capsule.root + project.folder)
                try after.expectSame(as: before)
                #expect(after.ids["box"] == box, "the box was made again although only its files were changed")
                try EngineListing.expectNoChange(since: listing, on: capsule.docker)
                _ = try world.envsnap("verify", world.name).expecting(0)
                let logs = try Command.outcome(capsule.docker + ["logs", box])
                #expect((logs.output + logs.errors).isEmpty)

                try docker("volume", "create", "added")
                try docker("network", "create", "--subnet", "10.82.\(world.number).0/24", "added")
                try docker(
                    "run", "-d", "--name", "added", "--network", "added", "-v", "added:/x", Settings.image, "sleep",
                    "99")
                try docker("commit", "added", "added:1")
                try docker("tag", Settings.image, "another:name")
                try docker("rename", before.ids["gone"] ?? "", "renamed")
                try docker("update", "--restart", "always", box)
                #expect(try reset(world).data["verdict"]["exact"] == true)
                let again = try Look(project, in: capsule, folder: capsule.root + project.folder)
                try again.expectSame(as: before)
                #expect(again.ids["box"] != box)
                let lines = try EngineListing(capsule.docker).lines
                #expect(!lines.contains { $0.contains("added") || $0.contains("another") || $0.contains("renamed") })

                try docker("rm", "-fv", again.ids["box"] ?? "", again.ids["gone"] ?? "")
                try docker("volume", "rm", "\(project.name)_data")
                try docker("network", "rm", "\(project.name)_default")
                #expect(try reset(world).data["verdict"]["exact"] == true)
                try Look(project, in: capsule, folder: capsule.root + project.folder).expectSame(as: before)
                let state = try capsule.inspect(Project.container("gone", of: project.name, docker: capsule.docker))
                #expect(state["State"]["ExitCode"] == 3)
                #expect(state["State"]["Status"] == "exited")
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(
                    try !FileManager.default.contentsOfDirectory(atPath: world.store + "/stamps").contains(world.name))
            }
        }

        @Test("interrupted at any moment it can be run again, and down removes the replay whole")
        func interrupted() throws {
            try World.with("reset-cut") { world in
                let listing = try EngineListing()
                let project = try richReplay(world)
                let capsule = try Places.capsule(world.name)
                let before = try Look(project, in: capsule, folder: capsule.root + project.folder)
                for (round, moment) in ["stopping", "restoring volume", "starting", "comparing"].enumerated() {
                    let box = try Project.container("box", of: project.name, docker: capsule.docker)
                    let touch = ["exec", box, "sh", "-c", "rm -rf /data/*; echo x >/kept"]
                    _ = try Command.outcome(capsule.docker + touch).expecting(0)
                    let running = try world.start("reset", world.name, "--progress", "plain")
                    for _ in 0..<6000 where running.isRunning && !running.errorOutput.contains(moment) { usleep(1_000) }
                    kill(running.id, round % 2 == 0 ? SIGINT : SIGKILL)
                    let cut = try running.finish(within: 30)
                    #expect([0, 130, -9].contains(cut.status), "\(cut)")
                    #expect(try reset(world).data["verdict"]["exact"] == true, "after \(moment)")
                    try Look(project, in: capsule, folder: capsule.root + project.folder).expectSame(as: before)
                }
                try world.catalogue("UPDATE replay SET state = 'resetting'")
                #expect(try world.envsnap("ps", "--json").expecting(0).data[0]["state"] == "resetting")
                _ = try world.envsnap("down", world.name).expecting(0)
                let left = try EngineListing().changes(since: listing).filter { $0.contains(world.name) }
                #expect(left.isEmpty)
            }
        }

        @Test("no such replay, one that is half made, and one whose snapshot is not whole")
        func refused() throws {
            try World.with("reset-no") { world in
                #expect(try world.envsnap("reset", "none", "--json").expecting(10).error["code"] == "notFound")
                _ = try world.envsnap("reset").expecting(64)
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try world.replay("before", as: world.name)
                let capsule = try Places.capsule(world.name)
                let box = try Project.container("box", of: project.name, docker: capsule.docker)
                let started = try capsule.inspect(box)["State"]["StartedAt"]

                try world.catalogue("UPDATE replay SET state = 'building'")
                let half = try reset(world, expecting: 1).error
                #expect(half["hint"].string?.contains("envsnap down \(world.name)") == true)
                try world.catalogue("UPDATE replay SET state = 'running'")

                let digest = try world.document("before")["trees"][0]["data"]["chunks"].string
                let blob = try world.blobFile(digest)
                try FileManager.default.moveItem(atPath: blob, toPath: blob + ".away")
                let gone = try reset(world, expecting: 12).error
                #expect(gone["hint"].string?.contains("envsnap down \(world.name)") == true)
                try FileManager.default.moveItem(atPath: blob + ".away", toPath: blob)
                #expect(try capsule.inspect(box)["State"]["StartedAt"] == started, "it was touched all the same")

                let address = try world.catalogue("SELECT engine_address FROM replay")
                try world.catalogue("UPDATE replay SET engine_address = 'unix:///no.sock'")
                _ = try reset(world, expecting: 20).error
                try world.catalogue("UPDATE replay SET engine_address = '\(address)'")
                try Command.run("docker", "kill", "envsnap-\(world.name)")
                #expect(try reset(world, expecting: 1).error["code"] == "replayDown")
            }
        }

        @Test("without a capsule what bears the replay's labels is put back, and the rest left alone")
        func direct() throws {
            try World.with("reset-direct") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        networks:
                          default:
                            ipam:
                              config:
                                - subnet: "10.81.\(world.number).0/24"
                        volumes:
                          data:
                        services:
                          box:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                            volumes: ["data:/data"]
                        """)
                try OddTree.fill(Places.machine.mount(project.container("box"), at: "/data"))
                try world.capture(project.name, as: "before")
                try project.remove()
                world.takeDownAtEnd(world.name)
                _ = try world.envsnap("replay", "before", "--direct", "--as", world.name, "-q").expecting(0)
                let box = try project.container("box")
                let before = try Walk(Places.machine.mount(box, at: "/data"))
                let other = "\(world.name)-other"
                world.cleanUp("the other container") { try Command.run("docker", "rm", "-fv", other) }
                try Command.run("docker", "run", "-d", "--name", other, Settings.image, "sleep", "600")
                try Command.run("docker", "exec", box, "sh", "-c", "rm -r /data/*; touch /data/x /x")
                #expect(try reset(world).data["verdict"]["exact"] == true)
                let again = try project.container("box")
                #expect(try Walk(Places.machine.mount(again, at: "/data")).differences(from: before).isEmpty)
                #expect(try Places.machine.inspect(other)["State"]["Status"] == "running")
                try Command.run("docker", "rm", "-fv", again)
                #expect(try reset(world).data["verdict"]["exact"] == true)
                #expect(try Places.machine.inspect(other)["State"]["Status"] == "running")

                let made = try project.container("box")
                let name = try #require(Places.machine.inspect(made)["Name"].string).dropFirst()
                try Command.run("docker", "rm", "-fv", made)
                let foreign = try Command.run(
                    "docker", "run", "-d", "--name", String(name), "--label",
                    "com.docker.compose.project=\(project.name)", Settings.image, "sleep", "600")
                let refused = try reset(world, expecting: 1).error
                #expect(refused["message"].string?.contains(name) == true)
                #expect(try Places.machine.inspect(foreign)["State"]["Status"] == "running")
                try Command.run("docker", "rm", "-f", foreign)
                #expect(try reset(world).data["verdict"]["exact"] == true)
            }
        }
    }
}
