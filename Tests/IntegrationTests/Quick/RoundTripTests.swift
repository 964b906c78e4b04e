// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("A project is captured, lost, and comes back") struct RoundTripTests {
        @Test("everything of a plain compose project, compared by a walk of its own")
        func roundTrip() throws {
            try World.with("round") { world in
                let project = try Project.rich(world)
                let box = try project.container("box")
                try project.awaitHealthy("box")
                let places = Places.machine
                let layer = try places.layer(box)
                try OddTree.fill("\(project.folder)/bind")
                try OddTree.fill(try places.mount(box, at: "/data"))
                try OddTree.fill(try places.mount(box, at: "/anonymous"))
                try Command.script(
                    """
                    mkdir "$1/srv/tree"; rm "$1/bin/vi"; rm -r "$1/var/www"; mkdir "$1/var/www"; chmod 700 "$1/root"
                    """, "/proc/\(try places.inspect(box)["State"]["Pid"].int ?? 0)/root")
                try OddTree.fill("/proc/\(try places.inspect(box)["State"]["Pid"].int ?? 0)/root/srv/tree")
                let gone = try places.layer(try project.container("gone"))
                let before = try [
                    "folder": Walk(project.folder), "data": Walk(places.mount(box, at: "/data")),
                    "anonymous": Walk(places.mount(box, at: "/anonymous")), "layer": Walk(layer), "gone": Walk(gone),
                ]
                #expect(before["layer"]?.facts["bin/vi"]?.contains("device=0") == true)
                #expect(before["gone"]?.facts["left"] != nil)
                let listing = try EngineListing()

                let captured = try world.capture(project.name, as: "before").data
                #expect(captured["complete"] == true)
                #expect(captured["name"] == "before")
                #expect(captured["notCaptured"].array?.filter { $0["weight"] == "loss" }.isEmpty == true)
                try EngineListing.expectNoChange(since: listing, "capturing changed what the engine holds")

                try project.remove()
                let replayed = try world.replay("before", as: world.name).data
                #expect(replayed["verdict"]["exact"] == true)
                #expect(replayed["verdict"]["different"].isEmpty)
                #expect(replayed["snapshot"] == captured["id"])

                let capsule = try Places.capsule(world.name)
                let again = try Project.container("box", of: project.name, docker: capsule.docker)
                let ended = try Project.container("gone", of: project.name, docker: capsule.docker)
                let after = try [
                    "folder": Walk(capsule.root + project.folder), "data": Walk(capsule.mount(again, at: "/data")),
                    "anonymous": Walk(capsule.mount(again, at: "/anonymous")), "layer": Walk(capsule.layer(again)),
                    "gone": Walk(capsule.layer(ended)),
                ]
                for (place, walk) in before {
                    let differences = try walk.differences(from: #require(after[place]))
                    #expect(differences.isEmpty, "\(place) differs")
                    #expect(walk.facts.count > 1)
                }

                let state = try capsule.inspect(again)
                #expect(state["State"]["Health"]["Status"] == "healthy")
                #expect(state["Config"]["Env"].strings.contains("MARK=a = 'b' \"c\" $d"))
                let network = state["NetworkSettings"]["Networks"]["\(project.name)_default"]
                #expect(network["IPAddress"].string == "10.81.\(world.number).10")
                #expect(try capsule.inspect(ended)["State"]["ExitCode"] == 3)
                #expect(try capsule.inspect(ended)["State"]["Status"] == "exited")
                let text = try world.envsnap("verify", world.name).expecting(0)
                #expect(text.output.hasPrefix("exact: "))
            }
        }
    }
}
