// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Runs that are killed") struct KillTests {
        /// Starts a run, kills it after a time or when it has said something, and returns whether it was still running.
        @discardableResult
        private func kill(
            _ world: World, _ arguments: [String], after milliseconds: UInt32 = 0, saying words: String? = nil
        ) throws -> Bool {
            let run = try Command(
                [Settings.binary] + arguments + ["--progress", "plain"], environment: ["ENVSNAP_STORE": world.store],
                folder: world.folder)
            if let words {
                for _ in 0..<15_000 where run.isRunning && !run.errorOutput.contains(words) { usleep(2_000) }
            }
            usleep(milliseconds * 1_000)
            let wasRunning = run.isRunning
            Glibc.kill(run.id, SIGKILL)
            _ = try run.finish(within: 10)
            return wasRunning
        }

        private func expectNothingLeft(_ world: World) throws {
            _ = try world.envsnap("gc", "-q").expecting(0)
            _ = try world.envsnap("check", "--read-data", "-q").expecting(0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(world.store)/tmp").isEmpty)
            let warnings = try world.envsnap("doctor", "--json").expecting(0).data.array ?? []
            let left = warnings.filter { $0["grade"] == "warning" }.compactMap { $0["text"].string }
            #expect(left.filter { $0.contains(world.name) || $0.contains("interrupted") }.isEmpty, "\(left)")
        }

        @Test("a capture at any moment: all or nothing, nothing paused, nothing left after gc")
        func capture() throws {
            try World.with("killcap") { world in
                let project = try Project.small(world)
                try Command.script(#"head -c 60000000 /dev/urandom >"$1"/bind/random"#, project.folder)
                let listing = try EngineListing()
                for round in 0..<12 {
                    try kill(world, ["capture", project.name, "--name", "n\(round)"], after: UInt32(round) * 60 + 20)
                    _ = try world.envsnap("doctor", "-q").expecting(0)
                    try EngineListing.expectNoChange(since: listing, "round \(round)")
                    _ = try world.envsnap("check", "-q").expecting(0)
                }
                try expectNothingLeft(world)
                try world.capture(project.name, as: "after")
                for row in try world.envsnap("ls", "--json").expecting(0).data.array ?? [] {
                    _ = try world.envsnap("show", row["id"].string ?? "").expecting(0)
                }
            }
        }

        @Test(
            "a replay while it is made: doctor names it, gc or the same replay again remove what is left",
            arguments: ["making the capsule", "starting the capsule", "comparing"])
        func replay(moment: String) throws {
            try World.with("killrep") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try project.remove()
                let listing = try EngineListing()
                world.takeDownAtEnd(world.name)
                let arguments = ["replay", "before", "--as", world.name, "--capsule-image", Settings.hostImage]
                // From the comparison on the replay is whole, and may end before it is killed.
                let wasRunning = try kill(world, arguments, after: moment == "comparing" ? 0 : 30, saying: moment)
                if moment != "comparing" {
                    #expect(wasRunning)
                    let doctor = try world.envsnap("doctor").expecting(0).output
                    #expect(doctor.contains("the replay \(world.name) was interrupted while it was made"), "\(doctor)")
                    let collected = try world.envsnap("gc", "--json").expecting(0).data
                    #expect(collected["replays"].strings == [world.name])
                    try EngineListing.expectNoChange(since: listing, "after gc")
                    #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
                    #expect(try kill(world, arguments, after: 30, saying: moment))
                    _ = try world.envsnap(
                        "replay", "before", "--as", world.name, "--capsule-image", Settings.hostImage, "-q",
                        within: 300
                    ).expecting(0)
                }
                #expect(try world.envsnap("verify", world.name, "--json", "-q").expecting(0).data["exact"] == true)
                _ = try world.envsnap("down", world.name).expecting(0)
                try EngineListing.expectNoChange(since: listing)
                try expectNothingLeft(world)
            }
        }

        @Test("a reset at any moment: it is done when it is run again")
        func reset() throws {
            try World.with("killres") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try project.remove()
                let listing = try EngineListing()
                try world.replay("before", as: world.name)
                for round in 0..<4 {
                    try kill(world, ["reset", world.name], after: UInt32(round) * 150 + 50)
                    let state = try world.envsnap("ps", "--json").expecting(0).data[0]["state"].string
                    let doctor = try world.envsnap("doctor").expecting(0).output
                    #expect(
                        doctor.contains("the reset of the replay \(world.name) was interrupted")
                            == (state == "resetting"))
                    _ = try world.envsnap("reset", world.name, "-q").expecting(0)
                    #expect(try world.envsnap("verify", world.name, "--json", "-q").expecting(0).data["exact"] == true)
                }
                _ = try world.envsnap("down", world.name).expecting(0)
                try EngineListing.expectNoChange(since: listing)
                try expectNothingLeft(world)
            }
        }

        @Test("an import, an export, rm and gc at any moment")
        func sharing() throws {
            try World.with("killimp") { world in
                let project = try Project.small(world)
                try Command.script(#"head -c 40000000 /dev/urandom >"$1"/bind/random"#, project.folder)
                try world.capture(project.name, as: "before")
                _ = try world.envsnap("export", "before", "-o", "x.envsnap").expecting(0)
                let bundle = try Command.run("sha256sum", "\(world.folder)/x.envsnap").prefix(64)
                for round in 0..<6 {
                    let delay = UInt32(round) * 40 + 10
                    try kill(world, ["export", "before", "-o", "y.envsnap", "--force"], after: delay)
                    let file = "\(world.folder)/y.envsnap"
                    if FileManager.default.fileExists(atPath: file) {
                        #expect(
                            try Command.run("sha256sum", file).prefix(64) == bundle, "a part under the whole's name")
                    }
                    try kill(world, ["rm", "before"], after: delay / 4)
                    _ = try world.envsnap("check", "-q").expecting(0)
                    try kill(world, ["gc"], after: delay / 2)
                    _ = try world.envsnap("check", "-q").expecting(0)
                    try kill(world, ["import", "x.envsnap"], after: delay)
                    _ = try world.envsnap("check", "-q").expecting(0)
                    _ = try world.envsnap("import", "x.envsnap", "-q").expecting(0)
                    _ = try world.envsnap("check", "--read-data", "-q").expecting(0)
                }
                try expectNothingLeft(world)
                // What killed exports left goes with the next one.
                _ = try world.envsnap("export", "before", "-o", "y.envsnap", "--force").expecting(0)
                let names = try FileManager.default.contentsOfDirectory(atPath: world.folder)
                #expect(
                    names.filter { $0.hasPrefix("x.") || $0.hasPrefix("y.") }.sorted() == ["x.envsnap", "y.envsnap"])
            }
        }

        @Test("a rebuild of the catalogue at any moment: there is always one, the old or the new")
        func rebuild() throws {
            try World.with("killcat") { world in
                let project = try Project.small(world)
                try Command.script(#"head -c 40000000 /dev/urandom >"$1"/bind/random"#, project.folder)
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                for round in 0..<10 {
                    try kill(world, ["check", "--rebuild"], after: UInt32(round) * 25 + 5)
                    #expect(try world.envsnap("ls", "--json").expecting(0).data[0]["id"].string == id)
                    _ = try world.envsnap("check", "-q").expecting(0)
                }
                _ = try world.envsnap("check", "--rebuild", "--read-data", "-q").expecting(0)
                #expect(try world.envsnap("ls", "--json").expecting(0).data[0]["origin"].isNull)
                try expectNothingLeft(world)
            }
        }

        @Test("what is paused on another engine than the one that is asked now is not forgotten")
        func otherEngine() throws {
            try World.with("otherengine") { world in
                let project = try Project.small(world)
                let box = try project.container("box")
                _ = try world.envsnap("ls").expecting(0)
                let dead = "\(world.store)/tmp/dead"
                try FileManager.default.createDirectory(atPath: dead, withIntermediateDirectories: true)
                try Data().write(to: URL(filePath: "\(dead)/lock"))
                let journal = """
                    {"engine":"unix:///nonexistent.sock","containers":[{"container":"\(box)","hosts":[]}]}
                    """
                try Data(journal.utf8).write(to: URL(filePath: "\(dead)/paused.json"))
                let doctor = try world.envsnap("doctor").expecting(0)
                #expect(doctor.output.contains("may have left containers paused"))
                #expect(try world.envsnap("gc").expecting(0).errors.contains("nonexistent.sock"))
                #expect(FileManager.default.fileExists(atPath: "\(dead)/paused.json"))
                // A host that is gone is no reason to stop every command.
                let gone = """
                    {"engine":null,"containers":[{"container":"\(box)","hosts":["\(String(repeating: "ab", count: 32))"]}]}
                    """
                try Data(gone.utf8).write(to: URL(filePath: "\(dead)/paused.json"))
                _ = try world.envsnap("capture", project.name, "-q").expecting(0)
                try expectNothingLeft(world)
            }
        }
    }
}
