// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Two hosts with engines of their own", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct TwinTests {
        private static let hosts = ["twin-fred", "twin-waldo"]

        @Test("captured, lost, and replayed twice side by side; its own test passes in both")
        func twin() throws {
            try World.with("twin") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                try fill(twin)
                let engines = try [Places.machine] + Self.hosts.map(twin.host)
                let listings = try engines.map { try EngineListing($0.docker) }
                let states = try Self.hosts.map { try leaves(twin.host($0)) }
                let before = try walks(folder: twin.folder) { try twin.host($0) }

                let first = try Measured(world, "capture", twin.name, "--name", "before", "--json", "-q")
                let captured = try first.outcome.expecting(0).data
                let second = try Measured(world, "capture", twin.name, "--json", "-q")
                let again = try second.outcome.expecting(0).data
                #expect(second.time < first.time)
                #expect((again["bytes"]["new"].int ?? .max) < (captured["bytes"]["new"].int ?? 0) / 100)
                for (engine, listing) in zip(engines, listings) {
                    try EngineListing.expectNoChange(since: listing, on: engine.docker, "\(engine.docker)")
                }
                #expect(try Self.hosts.map { try leaves(twin.host($0)) } == states)
                let tree = try world.envsnap("show", "before").expecting(0).output
                for part in ["twin-fred", "twin-waldo", "10.81.83.100", "10.81.83.101", "web", "echo"] {
                    #expect(tree.contains(part), "show lacks \(part)")
                }

                try twin.remove()
                let empty = try EngineListing()
                let replays = ["\(world.name)-a", "\(world.name)-b"]
                for replay in replays {
                    world.takeDownAtEnd(replay)
                    let measured = try Measured(world, "replay", "before", "--as", replay, "--json", "-q")
                    let data = try measured.outcome.expecting(0).data
                    #expect(data["verdict"]["exact"] == true)
                    #expect(measured.megabytes < 200)
                    let after = try walks(folder: Places.capsule(replay).root + twin.folder) {
                        try twin.host($0, inReplay: replay)
                    }
                    for (place, walk) in before {
                        #expect(
                            try walk.differences(from: #require(after[place])).isEmpty, "\(place) differs in \(replay)")
                    }
                }
                #expect(first.megabytes < 200)
                for replay in replays {
                    let tested = try world.envsnap("exec", replay, ".", "--", "make", "test", within: 120)
                    #expect(tested.status == 0, "\(tested)")
                    let address = try world.envsnap("exec", replay, "twin-fred", "--", "hostname", "-I").expecting(0)
                    #expect(address.output.contains("10.81.83.100"))
                    _ = try world.envsnap("verify", replay).expecting(0)
                }
                _ = try world.envsnap("down", replays[0], replays[1]).expecting(0)
                try EngineListing.expectNoChange(since: empty)
            }
        }

        /// Data of every kind at every level, beside the reproduction's own.
        private func fill(_ twin: Reproduction) throws {
            let fred = try twin.host("twin-fred")
            let web = try Project.container("web", of: "fred", docker: fred.docker)
            try Command.run("mkdir", try fred.mount(web, at: "/srv/pages") + "/odd")
            try OddTree.fill(fred.mount(web, at: "/srv/pages") + "/odd")
            try Command.run("mkdir", "\(twin.folder)/var/lib/twin-data/odd")
            try OddTree.fill("\(twin.folder)/var/lib/twin-data/odd")
            let process = try fred.inspect(web)["State"]["Pid"].int ?? 0
            let root = "\(fred.root)/proc/\(process)/root"
            try Command.run("mkdir", "\(root)/odd")
            try OddTree.fill("\(root)/odd")
            try Command.run("rm", "\(root)/bin/vi")
            try Data("a host's own file".utf8).write(to: URL(filePath: "\(fred.root)/etc/written-by-test"))
        }

        /// All data of the two levels, by place.
        private func walks(folder: String, _ host: (String) throws -> Places) throws -> [String: Walk] {
            let (fred, waldo) = (try host("twin-fred"), try host("twin-waldo"))
            let web = try Project.container("web", of: "fred", docker: fred.docker)
            let echo = try Project.container("echo", of: "waldo", docker: waldo.docker)
            return try [
                "the folder": Walk(folder), "fred's pages": Walk(fred.mount(web, at: "/srv/pages")),
                "fred's layer": Walk(fred.layer(web)), "waldo's spool": Walk(waldo.mount(echo, at: "/var/spool/echo")),
                "waldo's layer": Walk(waldo.layer(echo)), "the host's file": Walk("\(fred.root)/etc/written-by-test"),
            ]
        }

        /// The containers of a host with what pausing or restarting would change.
        private func leaves(_ host: Places) throws -> String {
            try Command.outcome(host.docker + ["container", "ls", "-aq"]).expecting(0).output
                .split(separator: "\n").map {
                    let state = try host.inspect(String($0))["State"]
                    return "\($0) \(state["Status"].string ?? "") \(state["StartedAt"].string ?? "")"
                }.joined(separator: "\n")
        }
    }
}
