// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Resets with hosts", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct ResetTwinTests {
        @Test("what was changed inside a host is put back while hosts go on; one with changed files is made anew")
        func inside() throws {
            try World.with("reset-twin") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                try OddTree.fill(pages(of: try twin.host("twin-fred")))
                try world.capture(twin.name, as: "before")
                try twin.remove()
                world.takeDownAtEnd(world.name)
                let replay = try Measured(world, "replay", "before", "--as", world.name, "--json", "-q")
                #expect(try replay.outcome.expecting(0).data["verdict"]["exact"] == true)
                let fred = try twin.host("twin-fred", inReplay: world.name)
                let before = try Walk(pages(of: fred))
                let (hosts, listing) = (try hostIDs(twin, world), try EngineListing(fred.docker))
                func docker(_ arguments: String...) throws {
                    _ = try Command.outcome(fred.docker + arguments).expecting(0)
                }

                let web = try Project.container("web", of: "fred", docker: fred.docker)
                let image = try #require(fred.inspect(web)["Config"]["Image"].string)
                try Command.script(#"rm -r "$1/a folder"; echo x >"$1/new""#, pages(of: fred))
                try docker("volume", "create", "added")
                try docker("network", "create", "added")
                try docker("run", "-d", "--name", "added", "-v", "added:/x", image, "sleep", "99")
                try docker("commit", "added", "added:1")
                try docker("kill", web)
                let reset = try Measured(world, "reset", world.name, "--json", "-q")
                #expect(try reset.outcome.expecting(0).data["verdict"]["exact"] == true)
                #expect(reset.time < replay.time)
                #expect(try hostIDs(twin, world) == hosts)
                #expect(try Walk(pages(of: fred)).differences(from: before).isEmpty)
                let added = try EngineListing(fred.docker).changes(since: listing).filter { $0.contains("added") }
                #expect(added.isEmpty)

                try Data("changed".utf8).write(to: URL(filePath: "\(fred.root)/etc/written-by-test"))
                _ = try world.envsnap("reset", world.name, "--json", "-q", within: 300).expecting(0)
                let again = try twin.host("twin-fred", inReplay: world.name)
                #expect(!FileManager.default.fileExists(atPath: "\(again.root)/etc/written-by-test"))
                #expect(try Walk(pages(of: again)).differences(from: before).isEmpty)
                #expect(Set(try hostIDs(twin, world)).intersection(hosts).count == 1)
                #expect(try world.envsnap("exec", world.name, ".", "--", "make", "test", within: 120).status == 0)
            }
        }

        private func pages(of fred: Places) throws -> String {
            try fred.mount(Project.container("web", of: "fred", docker: fred.docker), at: "/srv/pages")
        }

        private func hostIDs(_ twin: Reproduction, _ world: World) throws -> [String] {
            let docker = try Places.capsule(world.name).docker
            return try ["twin-fred", "twin-waldo"].map { try Project.container($0, of: twin.name, docker: docker) }
        }
    }
}
