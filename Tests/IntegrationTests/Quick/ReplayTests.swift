// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Replays") struct ReplayTests {
        @Test("two side by side of one snapshot: ps, exec, verify, rm refused, down")
        func sideBySide() throws {
            try World.with("pair") { world in
                let project = try Project.rich(world)
                try project.awaitHealthy("box")
                let id = try #require(world.capture(project.name, as: "before").data["id"].string)
                let listing = try EngineListing()
                let names = ["\(world.name)-a", "\(world.name)-b"]
                // The original still runs, with the same names and the same subnet.
                for name in names { try world.replay("before", as: name) }

                let list = try world.envsnap("ps", "--json").expecting(0).data.array ?? []
                #expect(Set(list.compactMap { $0["replay"].string }) == Set(names))
                #expect(list.allSatisfy { $0["state"] == "running" && $0["kind"] == "capsule" })
                #expect(list.allSatisfy { $0["snapshot"].string == id })
                let text = try world.envsnap("ps").expecting(0).output
                #expect(names.allSatisfy(text.contains))

                for name in names {
                    let address = try world.envsnap("exec", name, "box", "--", "ip", "-4", "addr").expecting(0)
                    #expect(address.output.contains("10.81.\(world.number).10/24"))
                    let files = try world.envsnap("exec", name, ".", "--", "ls").expecting(0).output
                    #expect(files.contains("docker-compose.yml"))
                }
                try exec(world, names[0])

                let refused = try world.envsnap("rm", "before", "--json").expecting(1)
                let message = try refused.error["message"].string ?? ""
                #expect(names.contains { message.contains($0) }, "\(message)")
                _ = try world.envsnap("show", "before", "-q").expecting(0)
                let again = try world.envsnap(
                    "replay", "before", "--as", names[0], "--capsule-image", Settings.hostImage, "--json", "-q"
                ).expecting(1)
                #expect(try again.error["message"].string?.contains(names[0]) == true)
                _ = try world.envsnap("verify", names[0]).expecting(0)

                let down = try world.envsnap("down", names[0], names[1], "--json").expecting(0).data
                #expect(down["removed"].strings == names)
                try EngineListing.expectNoChange(since: listing, "down left something, or took too much")
                #expect(try world.envsnap("down", names[0], "--json").expecting(10).error["code"] == "notFound")
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
                _ = try world.envsnap("rm", "before").expecting(0)
            }
        }

        private func exec(_ world: World, _ name: String) throws {
            let script = "echo out; echo err >&2; cat; exit 7"
            let outcome = try world.envsnap("exec", name, "box", "--", "sh", "-c", script, input: "given\n")
                .expecting(7)
            #expect(outcome.output == "out\ngiven\n")
            #expect(outcome.errors == "err\n")
            let large = String(repeating: "0123456789abcdef", count: 200_000)
            let counted = try world.envsnap("exec", name, "box", "--", "wc", "-c", input: large).expecting(0)
            #expect(counted.output.trimmingCharacters(in: .whitespacesAndNewlines) == "\(large.utf8.count)")
            let none = try world.envsnap("exec", name, "nothing", "--json", "--", "true").expecting(10)
            #expect(try none.error["code"] == "noSuchPath")
            #expect(try none.error["message"].string?.contains("nothing") == true)
            _ = try world.envsnap("exec", "no-such-replay", "box", "--", "true").expecting(10)
            _ = try world.envsnap("exec", name, "box").expecting(64)
        }

        @Test("what is changed in a replay is named, object and field")
        func tampered() throws {
            try World.with("tamper") { world in
                let project = try Project.rich(world)
                try project.awaitHealthy("box")
                try world.capture(project.name, as: "before")
                try project.remove()
                try world.replay("before", as: world.name)
                let capsule = try Places.capsule(world.name)
                let box = try Project.container("box", of: project.name, docker: capsule.docker)
                let gone = try Project.container("gone", of: project.name, docker: capsule.docker)
                let boxName = try capsule.inspect(box)["Name"].string.map { String($0.dropFirst()) } ?? ""
                let goneName = try capsule.inspect(gone)["Name"].string.map { String($0.dropFirst()) } ?? ""
                func docker(_ arguments: String...) throws {
                    _ = try Command.outcome(capsule.docker + arguments).expecting(0)
                }

                try docker("update", "--restart", "always", box)
                #expect(
                    try findings(world) == ["container \(boxName): HostConfig.RestartPolicy.Name"])
                let text = try world.envsnap("verify", world.name).expecting(3).output
                #expect(text.contains(boxName) && text.contains("RestartPolicy") && text.contains("always"))
                try docker("update", "--restart", "no", box)
                #expect(try findings(world, status: 0).isEmpty)

                try docker("rename", gone, "renamed")
                let renamed = try findings(world)
                #expect(renamed.contains("container \(goneName): exists"))
                #expect(renamed.contains("container renamed: exists"))
                try docker("rename", gone, goneName)

                try docker("network", "disconnect", "\(project.name)_default", box)
                let cut = try findings(world)
                #expect(cut.contains { $0.hasPrefix("container \(boxName): NetworkSettings.Networks") }, "\(cut)")
            }
        }

        private func findings(_ world: World, status: Int32 = 3) throws -> [String] {
            let data = try world.envsnap("verify", world.name, "--json").expecting(status).data
            #expect(data["exact"].bool == (status == 0))
            #expect((data["compared"].int ?? 0) > 100)
            return (data["different"].array ?? []).map {
                "\($0["object"].string ?? ""): \($0["field"].string ?? "")"
            }
        }

        @Test("a dry run makes nothing; a capsule that was taken away is said to be gone, and down cleans up")
        func withoutCapsule() throws {
            try World.with("gone") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                let listing = try EngineListing()
                _ = try world.envsnap(
                    "replay", "before", "--dry-run", "--as", world.name, "--capsule-image", Settings.hostImage
                ).expecting(0)
                try EngineListing.expectNoChange(since: listing)
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
                let unknown = try world.envsnap(
                    "replay", "before", "--as", world.name, "--capsule-image", "no-such-image:none", "--json", "-q"
                ).expecting(1)
                #expect(try unknown.error["message"].string?.contains("no-such-image") == true)
                try EngineListing.expectNoChange(since: listing)

                try world.replay("before", as: world.name)
                try Command.run("docker", "kill", "envsnap-\(world.name)")
                #expect(try world.envsnap("ps", "--json").expecting(0).data[0]["state"] == "exited")
                #expect(try world.envsnap("verify", world.name, "--json").expecting(1).error["code"] == "replayDown")
                try Command.run("docker", "rm", "-f", "envsnap-\(world.name)")
                #expect(try world.envsnap("ps", "--json").expecting(0).data[0]["state"] == "gone")
                _ = try world.envsnap("down", world.name).expecting(0)
                try EngineListing.expectNoChange(since: listing)
            }
        }
    }
}
