// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("The store's verbs") struct StoreTests {
        @Test("a store that a relative path of one step names is made at the first use")
        func relative() throws {
            try World.with("relative") { world in
                for _ in 1...2 {
                    _ = try Command.outcome(
                        [Settings.binary, "ls", "--store", "fresh", "--json"], environment: [:], folder: world.folder
                    ).expecting(0)
                }
                try Command.run("test", "-e", "\(world.folder)/fresh/lock")
            }
        }

        @Test("ls, show, rm, gc and check on two snapshots")
        func verbs() throws {
            try World.with("verbs") { world in
                let project = try Project.rich(world)
                try project.awaitHealthy("box")
                let id = try #require(world.capture(project.name, as: "one").data["id"].string)
                try project.awaitHealthy("box")
                try world.capture(project.name, as: "two")

                let tree = try world.envsnap("show", String(id.prefix(8))).expecting(0).output
                for part in [
                    id, "project \(project.name) in \(project.folder)", "├─", "container gone  exited(3)",
                    "10.81.\(world.number).10", "\(project.name)_data", "busybox:latest", "/srv/bind",
                ] { #expect(tree.contains(part), "show lacks \(part)") }
                #expect(try world.document("one")["project"]["name"].string == project.name)

                let removed = try world.envsnap("rm", "one", "--json").expecting(0).data
                #expect(removed["removed"].strings == [id])
                #expect(try world.envsnap("show", "one", "--json").expecting(10).error["code"] == "notFound")
                #expect(try world.envsnap("check", "--read-data").expecting(0).output.contains("nothing wrong"))
                let blobs = try world.blobs().count
                let freed = try world.envsnap("gc", "--json").expecting(0).data
                #expect((freed["blobs"].int ?? 0) > 0)
                #expect(try world.blobs().count == blobs - Int(freed["blobs"].int ?? 0))
                let checked = try world.envsnap("check", "--read-data", "--json").expecting(0).data
                #expect(checked["snapshots"] == 1)
                #expect(checked["problems"].isEmpty)
                _ = try world.envsnap("rm", "two").expecting(0)
                _ = try world.envsnap("gc").expecting(0)
                #expect(try world.blobs().isEmpty)
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)
            }
        }

        @Test("forget removes what no rule keeps, and nothing when it only rehearses")
        func forget() throws {
            try World.with("forget") { world in
                let project = try Project.small(world)
                func capture(_ name: String, tag: String) throws -> String {
                    let captured = try world.envsnap(
                        "capture", project.name, "--name", name, "--tag", tag, "--json"
                    ).expecting(0)
                    return try #require(captured.data["id"].string)
                }
                let tagged = try capture("tagged", tag: "keep=")
                // Times are of whole seconds.
                usleep(1_100_000)
                let old = try capture("old", tag: "other=keep")
                usleep(1_100_000)
                let new = try capture("new", tag: "other=")

                let rehearsed = try world.envsnap("forget", "--keep-last", "1", "--keep-tag", "keep", "--dry-run")
                #expect(try rehearsed.expecting(0).output.contains("would remove 1 snapshot\n"))
                #expect(try world.envsnap("ls", "--json").expecting(0).data.array?.count == 3)
                #expect(
                    try world.envsnap("forget", "--keep-last", "1", "--project", "another", "--json").expecting(0)
                        .data["removed"].isEmpty)
                let forgotten = try world.envsnap("forget", "--keep-last", "1", "--keep-tag", "keep", "--json")
                    .expecting(0).data
                #expect(forgotten["removed"].strings == [old])
                #expect(
                    forgotten["kept"] == [
                        ["id": .string(new), "reasons": ["last"]], ["id": .string(tagged), "reasons": ["tag"]],
                    ])
                _ = try world.envsnap("gc").expecting(0)
                #expect(try world.envsnap("check", "--read-data", "--json").expecting(0).data["snapshots"] == 2)

                _ = try world.replay("tagged", as: world.name)
                let kept = try world.envsnap("forget", "--keep-last", "1", "--json").expecting(0).data
                #expect(kept["removed"].isEmpty)
                #expect(kept["kept"].array?.last?["reasons"].strings == ["replay"])
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(
                    try world.envsnap("forget", "--keep-last", "1").expecting(0).output
                        .hasSuffix("removed 1 snapshot; gc frees the space\n"))
            }
        }

        @Test("one flipped bit is found, named, and never replayed")
        func flippedBit() throws {
            try World.with("flipped") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                try project.remove()
                let pack = try world.catalogue("SELECT stored_digest FROM blob WHERE kind = 'pack'")
                let file = "\(world.store)/blobs/sha256/\(pack)"
                // In the first chunk; the middle of a small pack may be its index, which no replay reads.
                try world.damage(file, at: 24)
                let found = try world.envsnap("check", "--read-data").expecting(12)
                #expect(
                    (found.output + found.errors).contains(String(URL(filePath: file).lastPathComponent.prefix(12))))
                let json = try world.envsnap("check", "--read-data", "--json", "-q").expecting(12).data
                #expect(json["problems"].array?.count == 1)
                let listing = try EngineListing()
                world.takeDownAtEnd(world.name)
                let replayed = try world.envsnap(
                    "replay", "before", "--as", world.name, "--capsule-image", Settings.hostImage, "--json", "-q"
                ).expecting(12)
                #expect(try replayed.error["code"] == "damaged")
                try EngineListing.expectNoChange(since: listing, "a replay that failed left something")
            }
        }

        @Test("unknown and ambiguous names end with 10")
        func unknown() throws {
            try World.with("unknown") { world in
                let project = try Project.small(world)
                let id = try #require(world.capture(project.name, as: "only").data["id"].string)
                for name in ["none", "ffff", String(id.prefix(3))] where name != String(id.prefix(4)) {
                    let outcome = try world.envsnap("show", name, "--json").expecting(10)
                    #expect(try outcome.error["message"].string?.contains(name) == true)
                    #expect(try outcome.error["hint"].string != nil)
                    _ = try world.envsnap("rm", name).expecting(10)
                    _ = try world.envsnap("replay", name).expecting(10)
                }
                // A second snapshot whose id begins alike, known to the catalogue alone.
                let other = String(id.prefix(10)) + String(repeating: "0", count: 54)
                try world.catalogue(
                    """
                    INSERT INTO snapshot SELECT number + 1, '\(other)', NULL, message, created_at, project, complete,
                    document_size, host_count, container_count, volume_count, image_count, raw_size FROM snapshot
                    """)
                let outcome = try world.envsnap("show", String(id.prefix(6)), "--json").expecting(10)
                let message = try outcome.error["message"].string ?? ""
                #expect(message.contains(String(id.prefix(6))))
                #expect(try world.envsnap("rm", String(id.prefix(6))).expecting(10).output.isEmpty)
                _ = try world.envsnap("show", id, "-q").expecting(0)
            }
        }

        @Test("sqlite3, zstd, tar and sha256sum read what is in it")
        func formats() throws {
            try World.with("formats") { world in
                let project = try Project.rich(world)
                try project.awaitHealthy("box")
                try Data("hello".utf8).write(to: URL(filePath: "\(project.folder)/bind/hello"))
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                #expect(try world.catalogue("PRAGMA integrity_check") == "ok")
                #expect(try world.catalogue("PRAGMA foreign_key_check").isEmpty)
                #expect(try world.catalogue("PRAGMA user_version") == "6")
                #expect(try world.catalogue("PRAGMA application_id") != "0")
                #expect(try world.catalogue("PRAGMA journal_mode") == "delete")
                #expect(try world.catalogue("SELECT id, name FROM snapshot") == "\(id)|before")
                #expect(try Command.run("stat", "-c", "%a", world.store) == "700")

                #expect(try Command.run("sha256sum", "\(world.store)/snapshots/\(id).json").hasPrefix(id))
                let names = try world.blobs()
                #expect(try world.catalogue("SELECT count(*) FROM blob") == "\(names.count)")
                for name in names {
                    let sum = try Command.run("sha256sum", "\(world.store)/blobs/sha256/\(name)")
                    #expect(sum.hasPrefix(name))
                    let raw = try Command.script(
                        #"zstd -dcq "$1" | sha256sum"#, "\(world.store)/blobs/sha256/\(name)")
                    let known = try world.catalogue(
                        "SELECT raw_digest, encoding FROM blob WHERE stored_digest = '\(name)'")
                    // A pack is a zstd stream that is stored as it is.
                    #expect(known == (known.hasSuffix("none") ? "\(name)|none" : "\(raw.prefix(64))|zstd"))
                }
                let listed = try world.archiveNames(of: "before", path: project.folder)
                #expect(listed.contains("docker-compose.yml"))
                #expect(listed.contains("bind/hello"))
                let compose = try Command.script(
                    #"tar -xOf "$1" --wildcards '*docker-compose.yml'"#,
                    world.archiveFile(world.document("before")["trees"][0]["data"]))
                #expect(
                    try Data(compose.utf8) == Data(contentsOf: URL(filePath: "\(project.folder)/docker-compose.yml")))
            }
        }
    }
}
