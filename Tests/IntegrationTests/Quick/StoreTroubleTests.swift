// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Stores that cannot be used") struct StoreTroubleTests {
        @Test("a full disk: nothing stays paused, and the store is as it was")
        func fullDisk() throws {
            try World.with("full") { world in
                let project = try Project.small(world)
                try Command.run("install", "-d", "-m", "700", world.store)
                try Command.run("mount", "-t", "tmpfs", "-o", "size=6m,mode=700", "none", world.store)
                world.cleanUp("the small file system") { try Command.run("umount", "-l", world.store) }
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                try Command.script(#"head -c 20000000 /dev/urandom >"$1"/bind/large"#, project.folder)
                let outcome = try world.envsnap("capture", project.name, "--json", "-q").expecting(1)
                let message = try outcome.error["message"].string?.lowercased() ?? ""
                #expect(message.contains("space"), "\(message)")
                #expect(try EngineListing.pausedContainers().isEmpty)
                let list = try world.envsnap("ls", "--json").expecting(0).data
                #expect((list.array ?? []).compactMap { $0["id"].string } == [id])
                _ = try world.envsnap("gc").expecting(0)
                _ = try world.envsnap("check", "--read-data").expecting(0)
                try FileManager.default.removeItem(atPath: "\(project.folder)/bind/large")
                try world.capture(project.name, as: "after")
            }
        }

        @Test("a store of a newer version is left alone")
        func newer() throws {
            try World.with("newer") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                let version = try world.catalogue("PRAGMA user_version")
                try world.catalogue("PRAGMA user_version = 99")
                let sum = try Command.run("sha256sum", "\(world.store)/catalogue.sqlite")
                for arguments in [["ls"], ["capture", project.name], ["check"], ["gc"], ["show", "before"]] {
                    let outcome = try Command.outcome(
                        [Settings.binary] + arguments + ["--store", world.store, "--json", "-q"])
                    #expect(outcome.status == 1, "\(outcome)")
                    #expect(try outcome.error["code"] == "catalogue")
                    let message = try outcome.error["message"].string ?? ""
                    #expect(message.contains("newer"), "\(message)")
                }
                #expect(try Command.run("sha256sum", "\(world.store)/catalogue.sqlite") == sum)
                try world.catalogue("PRAGMA user_version = \(version)")
                _ = try world.envsnap("check", "--read-data").expecting(0)
            }
        }

        @Test("a damaged catalogue, document and blob")
        func damaged() throws {
            try World.with("damaged") { world in
                let project = try Project.small(world)
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                let document = "\(world.store)/snapshots/\(id).json"
                try Command.run("cp", "-a", world.store, "\(world.store).kept")
                try world.damage(document)
                #expect(try world.envsnap("show", "before", "--json").expecting(12).error["code"] == "damaged")
                _ = try world.envsnap("check", "-q").expecting(12)
                try Command.run("cp", "-a", "--", "\(world.store).kept/snapshots/\(id).json", document)

                let blob = try #require(world.blobs().first)
                try FileManager.default.removeItem(atPath: "\(world.store)/blobs/sha256/\(blob)")
                let raw = try world.catalogue("SELECT raw_digest FROM blob WHERE stored_digest = '\(blob)'")
                let missing = try world.envsnap("check", "-q").expecting(12).output
                #expect(missing.contains(blob.prefix(12)) || missing.contains(raw.prefix(12)), "\(missing)")
                try Command.run(
                    "cp", "-a", "\(world.store).kept/blobs/sha256/\(blob)", "\(world.store)/blobs/sha256/\(blob)")
                _ = try world.envsnap("check", "--read-data", "-q").expecting(0)

                try Data("garbage, and more than a page of it".utf8)
                    .write(to: URL(filePath: "\(world.store)/catalogue.sqlite"))
                for arguments in [["ls"], ["capture", project.name], ["check"], ["show", "before"]] {
                    let outcome = try Command.outcome(
                        [Settings.binary] + arguments + ["--store", world.store, "--json", "-q"])
                    #expect(outcome.status == 12, "\(outcome)")
                }
                #expect(try EngineListing.pausedContainers().isEmpty)
            }
        }

        @Test("a store that another envsnap holds")
        func locked() throws {
            try World.with("locked") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                let holder = try Command(["flock", "-x", "\(world.store)/lock", "sleep", "60"])
                world.cleanUp("the lock's holder") {
                    kill(-holder.id, SIGKILL)
                    try Command.script(#"pkill -KILL -P "$1" || true; kill -KILL "$1" || true"#, "\(holder.id)")
                    _ = try holder.finish(within: 10)
                }
                usleep(500_000)
                let outcome = try world.envsnap("capture", project.name, "--json", "-q").expecting(11)
                #expect(try outcome.error["code"] == "locked")
                _ = try world.envsnap("gc", "-q").expecting(11)
                _ = try world.envsnap("ls", "-q").expecting(0)
            }
        }

        @Test("a store that is a file, and one that is open to others")
        func notAStore() throws {
            try World.with("notstore") { world in
                let file = "\(world.folder)/file"
                try Data("mine".utf8).write(to: URL(filePath: file))
                for path in [file, "\(file)/below", "/proc/nowhere"] {
                    let outcome = try world.envsnap("ls", "--store", path, "--json").expecting(1)
                    let message = try outcome.error["message"].string ?? ""
                    #expect(message.contains(path), "\(message)")
                }
                #expect(try String(contentsOfFile: file, encoding: .utf8) == "mine")
                _ = try world.envsnap("ls").expecting(0)
                try Command.run("chmod", "777", world.store)
                let open = try world.envsnap("ls", "--json").expecting(1).error
                #expect(open["message"].string?.contains(world.store) == true)
            }
        }
    }
}
