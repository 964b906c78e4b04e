// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Capturing") struct CaptureTests {
        @Test("a second capture stores nothing new, and both leave the engine as it was")
        func twice() throws {
            try World.with("twice") { world in
                let project = try Project.rich(world)
                try project.awaitHealthy("box")
                try Data((0..<500_000).map { _ in UInt8.random(in: 0...255) })
                    .write(to: URL(filePath: "\(project.folder)/bind/random"))
                let listing = try EngineListing()
                let states = try states(project)
                let first = try world.capture(project.name, as: "first").data
                try project.awaitHealthy("box")
                let blobs = try world.blobs()
                let second = try world.capture(project.name, as: "second").data
                try EngineListing.expectNoChange(since: listing)
                #expect(try self.states(project) == states)

                // Small layers are alike.
                #expect((first["bytes"]["new"].int ?? 0) > (first["bytes"]["read"].int ?? .max) - 100_000)
                #expect((first["bytes"]["read"].int ?? 0) > 2_000_000)
                #expect((second["bytes"]["new"].int ?? .max) < 200_000)
                #expect((second["bytes"]["stored"].int ?? .max) < 100_000)
                #expect((second["bytes"]["read"].int ?? .max) < (first["bytes"]["read"].int ?? 0) / 2)
                #expect((second["pauseMilliseconds"].int ?? .max) < 10_000)
                let answers = try world.blobs().subtracting(blobs)
                #expect(answers.count <= 2, "more than the engine's answers is new")
            }
        }

        @Test("a dry run tells what it would read, and changes nothing")
        func dryRun() throws {
            try World.with("dry") { world in
                let project = try Project.small(world)
                let listing = try EngineListing()
                let outcome = try world.envsnap("capture", project.name, "--dry-run", "--json").expecting(0)
                let data = try outcome.data
                let paths = (data["reads"].array ?? []).compactMap { $0["path"].string }
                #expect(paths.contains(project.folder))
                #expect(data["engines"].array?.isEmpty == false)
                let text = try world.envsnap("capture", project.name, "--dry-run").expecting(0)
                #expect(text.output.contains("would read \(project.folder)"))
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)
                #expect(try world.blobs().isEmpty)
                try EngineListing.expectNoChange(since: listing)
            }
        }

        @Test("the project of the folder, by name, by path; with its tags, message and exclusions")
        func options() throws {
            try World.with("options") { world in
                let project = try Project.small(world)
                try Data("kept".utf8).write(to: URL(filePath: "\(project.folder)/bind/kept"))
                try Data("left out".utf8).write(to: URL(filePath: "\(project.folder)/bind/left-out"))
                let here = try world.envsnap(
                    "capture", "--name", "here", "-m", "a message", "--tag", "a=b", "--tag", "c=d=e", "--exclude",
                    "\(project.folder)/bind/left-out", "--pause", "none", folder: project.folder
                ).expecting(0)
                #expect(here.output.hasPrefix("captured \(project.name) as here\n"))
                _ = try world.envsnap("capture", project.folder, "--name", "by-path", "-q").expecting(0)
                let taken = try world.envsnap("capture", project.name, "--name", "here", "--json").expecting(1)
                #expect(try taken.error["code"] == "nameTaken")

                let list = try world.envsnap("ls", "--json").expecting(0).data
                #expect((list.array ?? []).compactMap { $0["name"].string } == ["by-path", "here"])
                #expect(list[1]["message"] == "a message")
                #expect(list[1]["tags"] == ["a": "b", "c": "d=e"])
                #expect(list[1]["project"].string == project.name)
                #expect(list[1]["containers"] == 1)
                #expect(list[1]["hosts"] == 0)
                let text = try world.envsnap("ls").expecting(0).output
                #expect(text.contains("here") && text.contains("a message"))
                let names = try world.archiveNames(of: "here", path: project.folder)
                #expect(names.contains("bind/kept"))
                #expect(!names.contains("bind/left-out"))
            }
        }

        private func states(_ project: Project) throws -> [String] {
            try ["box", "gone"].map {
                let state = try Places.machine.inspect(project.container($0))["State"]
                return [state["Status"], state["Pid"], state["StartedAt"], state["Paused"]].map(\.canonicalText)
                    .joined(separator: " ")
            }
        }
    }
}
