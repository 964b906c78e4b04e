// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Replays without a capsule") struct DirectTests {
        private func compose(_ world: World, bind: Bool) -> String {
            """
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
                volumes: ["data:/data"\(bind ? ", \"./bind:/srv/bind\"" : "")]
              gone:
                image: "\(Settings.image)"
                command: ["sh", "-c", "echo left >/left; exit 3"]
            """
        }

        @Test("while the project runs all conflicts are told at once; after its removal it comes back")
        func plain() throws {
            try World.with("direct") { world in
                let project = try Project(world, compose: compose(world, bind: false))
                let data = try Places.machine.mount(project.container("box"), at: "/data")
                try OddTree.fill(data)
                let before = try Walk(data)
                try world.capture(project.name, as: "before")
                let listing = try EngineListing()

                world.takeDownAtEnd(world.name)
                let refused = try world.envsnap(
                    "replay", "before", "--direct", "--as", world.name, "--json", "-q"
                ).expecting(1)
                let message = try refused.error["message"].string ?? ""
                let box = try Places.machine.inspect(project.container("box"))["Name"].string?.dropFirst() ?? ""
                let gone = try Places.machine.inspect(project.container("gone"))["Name"].string?.dropFirst() ?? ""
                for conflict in [
                    "container \(box)", "container \(gone)", "network \(project.name)_default",
                    "volume \(project.name)_data", "10.81.\(world.number).0/24",
                ] { #expect(message.contains(conflict), "not told: \(conflict)") }
                try EngineListing.expectNoChange(since: listing, "something was made all the same")
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)

                try project.remove()
                let empty = try EngineListing()
                let replayed = try world.envsnap(
                    "replay", "before", "--direct", "--as", world.name, "--json", "-q"
                ).expecting(0).data
                #expect(replayed["verdict"]["exact"] == true)
                let again = try Project.container("box", of: project.name, docker: ["docker"])
                #expect(try Walk(Places.machine.mount(again, at: "/data")).differences(from: before).isEmpty)
                let ended = try Project.container("gone", of: project.name, docker: ["docker"])
                #expect(try Places.machine.inspect(ended)["State"]["ExitCode"] == 3)
                let ran = try world.envsnap("exec", world.name, "box", "--", "ls", "/data").expecting(0).output
                #expect(ran.contains("third-name"))
                #expect(
                    try world.envsnap("exec", world.name, ".", "--json", "--", "ls").expecting(64).error["code"]
                        == "noCapsule")
                #expect(try world.envsnap("ps", "--json").expecting(0).data[0]["kind"] == "direct")
                _ = try world.envsnap("verify", world.name).expecting(0)
                _ = try world.envsnap("down", world.name).expecting(0)
                try EngineListing.expectNoChange(since: empty, "down left something")
            }
        }

        @Test("bind sources move below the store, which the verdict says, and nothing else differs")
        func bound() throws {
            try World.with("moved") { world in
                let project = try Project(world, compose: compose(world, bind: true))
                try OddTree.fill("\(project.folder)/bind")
                let before = try Walk("\(project.folder)/bind")
                try world.capture(project.name, as: "before")
                try project.remove()
                world.takeDownAtEnd(world.name)
                let replayed = try world.envsnap(
                    "replay", "before", "--direct", "--as", world.name, "--json", "-q"
                ).expecting(3).data
                let different = replayed["verdict"]["different"].array ?? []
                #expect(!different.isEmpty)
                for finding in different {
                    #expect(finding["captured"].canonicalText.contains(project.folder), "\(finding.canonicalText)")
                    #expect(finding["found"].canonicalText.contains(world.store), "\(finding.canonicalText)")
                }
                let again = try Project.container("box", of: project.name, docker: ["docker"])
                let source = try Places.machine.mount(again, at: "/srv/bind")
                #expect(source.hasPrefix(world.store))
                #expect(try Walk(source).differences(from: before).isEmpty)
                #expect(!FileManager.default.fileExists(atPath: project.folder))
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(!FileManager.default.fileExists(atPath: source))
            }
        }

        @Test("down takes what the replay made, not what came later under the same names")
        func namesakes() throws {
            try World.with("namesake") { world in
                let project = try Project(world, compose: compose(world, bind: false))
                try world.capture(project.name, as: "before")
                try Project.removeObjects(of: project.name)
                world.takeDownAtEnd(world.name)
                _ = try world.envsnap("replay", "before", "--direct", "--as", world.name, "-q").expecting(0)
                try Project.removeObjects(of: project.name)
                try project.up()
                let box = try project.container("box")
                try Command.run("docker", "exec", box, "touch", "/data/precious")
                _ = try world.envsnap("down", world.name)
                #expect(try project.container("box") == box, "the user's own container was removed")
                let data = try Places.machine.mount(box, at: "/data")
                #expect(FileManager.default.fileExists(atPath: "\(data)/precious"))
            }
        }
    }
}
