// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Projects that cannot be captured") struct ProjectTroubleTests {
        /// Captures what cannot be captured: the error names what is asked for, and nothing changed.
        private func refusal(
            _ world: World, _ arguments: String..., status: Int32 = 1, naming parts: [String],
            location: SourceLocation = #_sourceLocation
        ) throws {
            let listing = try EngineListing()
            let outcome = try Command.outcome(
                [Settings.binary, "capture"] + arguments + ["--json", "-q", "--store", world.store],
                folder: world.folder
            ).expecting(status, location)
            let error = try outcome.error
            let text = (error["message"].string ?? "") + (error["hint"].string ?? "")
            for part in parts {
                #expect(text.contains(part), "\"\(part)\" is not in: \(text)", sourceLocation: location)
            }
            try EngineListing.expectNoChange(since: listing, location: location)
            #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty, sourceLocation: location)
            _ = try world.envsnap("check").expecting(0, location)
        }

        @Test("no such project, and several of which none is named")
        func whichProject() throws {
            try World.with("which") { world in
                let one = try Project.small(world)
                let two = try Project.small(world, name: "\(world.name)-two")
                try refusal(world, "no-such-project", naming: ["no-such-project", one.name, two.name])
                try refusal(world, "/no/such/folder", naming: ["/no/such/folder"])
                try refusal(world, naming: [one.name, two.name])
            }
        }

        @Test("a host that is named and is none")
        func namedHost() throws {
            try World.with("nohost") { world in
                let project = try Project.small(world)
                try refusal(world, project.name, "--host", "box", naming: ["box", "docker"])
                try refusal(world, project.name, "--host", "no-such-host", naming: ["no-such-host"])
            }
        }

        @Test("a host whose engine is none, and one whose engine has died")
        func deadEngine() throws {
            try World.with("dead") { world in
                func compose(_ image: String) -> String {
                    """
                    version: "3.8"
                    services:
                      host:
                        image: "\(image)"
                        privileged: true
                        entrypoint: ["dockerd"]
                        stop_signal: "SIGKILL"
                        volumes: ["./bind/dockerd:/usr/local/sbin/dockerd"]
                    """
                }
                for (name, image, status) in [("none", Settings.image, 1), ("died", Settings.hostImage, 20)] {
                    let folder = "\(world.folder)/\(world.name)-\(name)/bind"
                    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                    try Data("#!/bin/sh\nexec sleep 600\n".utf8).write(to: URL(filePath: "\(folder)/dockerd"))
                    try Command.run("chmod", "755", "\(folder)/dockerd")
                    let project = try Project(world, name: "\(world.name)-\(name)", compose: compose(image))
                    try refusal(world, project.name, status: Int32(status), naming: ["the engine in host", "docker"])
                }
            }
        }

        @Test("an image that vanished under its container")
        func imageVanished() throws {
            try World.with("vanished") { world in
                let tag = "\(world.name):1"
                let made = try Command.run("docker", "create", Settings.image, "true")
                world.cleanUp("the container") { try Command.run("docker", "rm", "-f", made) }
                let id = try Command.run("docker", "commit", made, tag)
                world.cleanUp("the image") { _ = try Command.outcome(["docker", "image", "rm", "-f", id]) }
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        services:
                          gone:
                            image: "\(tag)"
                            command: ["true"]
                          box:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                        """)
                try Command.run("docker", "wait", project.container("gone"))
                try Command.run("docker", "image", "rm", "-f", id)
                try refusal(world, project.name, naming: ["gone", "image"])
            }
        }

        @Test("a bind source that is gone")
        func bindSourceGone() throws {
            try World.with("nosource") { world in
                let project = try Project.small(world)
                try FileManager.default.moveItem(atPath: "\(project.folder)", toPath: "\(world.folder)/moved")
                try refusal(world, project.name, naming: [project.folder])
            }
        }
    }
}
