// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Through a helper container") struct HelperTests {
        @Test("a member of the docker group captures and replays exactly, and leaves nothing behind")
        func dockerGroup() throws {
            try World.with("member") { world in
                try world.becomeMember()
                let project = try Project.rich(world)
                let box = try project.container("box")
                try project.awaitHealthy("box")
                try OddTree.fill("\(project.folder)/bind")
                try OddTree.fill(try Places.machine.mount(box, at: "/data"))
                try OddTree.fill("/proc/\(try Places.machine.inspect(box)["State"]["Pid"].int ?? 0)/root/srv")
                let before = try [
                    "folder": Walk(project.folder), "data": Walk(Places.machine.mount(box, at: "/data")),
                    "layer": Walk(Places.machine.layer(box)),
                ]
                let listing = try EngineListing()
                let captured = try world.capture(project.name, as: "before").data
                #expect(captured["notCaptured"].array?.filter { $0["weight"] == "loss" }.isEmpty == true)
                // Others' tests come and go there.
                if !Settings.isShared {
                    try EngineListing.expectNoChange(since: listing, "capturing changed what the engine holds")
                }
                #expect(try helpers().isEmpty)

                try project.remove()
                let replayed = try world.replay("before", as: world.name).data
                #expect(replayed["verdict"]["exact"] == true)
                let capsule = try Places.capsule(world.name)
                let again = try Project.container("box", of: project.name, docker: capsule.docker)
                let after = try [
                    "folder": Walk(capsule.root + project.folder), "data": Walk(capsule.mount(again, at: "/data")),
                    "layer": Walk(capsule.layer(again)),
                ]
                for (place, walk) in before {
                    let differences = try walk.differences(from: #require(after[place]))
                    #expect(differences.isEmpty, "\(place) differs")
                    #expect(walk.facts.count > 1)
                }
                let verified = try world.envsnap("verify", world.name, "--data").expecting(0)
                #expect(verified.output.hasPrefix("exact: "))
                #expect(try helpers().isEmpty)
            }
        }

        @Test("without a capsule its files are the engine's machine's, and go with the replay")
        func direct() throws {
            try World.with("memberdirect") { world in
                try world.becomeMember()
                let project = try Project.small(world)
                try Command.script(#"echo text >"$1/bind/file"; chown 7:8 "$1/bind/file""#, project.folder)
                try world.capture(project.name, as: "before")
                try project.remove()
                world.takeDownAtEnd(world.name)
                let outcome = try world.envsnap("replay", "before", "--as", world.name, "--direct")
                #expect(outcome.status == 3, "a bind source that moved is a difference: \(outcome)")
                let file = "\(world.store)/replays/\(world.name)\(project.folder)/bind/file"
                #expect(try Command.run("stat", "-c", "%u:%g", file) == "7:8")
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(!FileManager.default.fileExists(atPath: "\(world.store)/replays/\(world.name)"))
                #expect(try helpers().isEmpty)
            }
        }

        @Test("a helper goes with an envsnap that is killed")
        func killed() throws {
            try World.with("helperkilled") { world in
                let project = try Project.small(world)
                try Command.script(#"head -c 500000000 /dev/urandom >"$1"/bind/large"#, project.folder)
                let capture = try Command(
                    [Settings.binary, "capture", project.name, "--pause", "none"],
                    environment: ["ENVSNAP_STORE": world.store, "ENVSNAP_ACCESS": "helper"], folder: world.folder)
                for _ in 0..<3000 where !capture.errorOutput.contains("reading \(project.folder)") { usleep(5_000) }
                // `env` starts it in its own place, so that it is the process itself.
                #expect(try !helpers(of: capture.id).isEmpty)
                kill(capture.id, SIGKILL)
                _ = try capture.finish(within: 10)
                for _ in 0..<100 where try !helpers(of: capture.id).isEmpty { usleep(100_000) }
                #expect(try helpers(of: capture.id).isEmpty)
                let freed = try world.envsnap("gc", "-v").expecting(0)
                let images = try Command.run("docker", "image", "ls", "-q", "envsnap/helper")
                let containers = try Command.run("docker", "ps", "-a", "--format", "{{.Names}} {{.Image}} {{.Labels}}")
                #expect(images.isEmpty || Settings.isShared, "\(freed), beside:\n\(containers)")
            }
        }

        @Test("where files are to be read directly and cannot, that is said")
        func directlyOutOfReach() throws {
            try World.with("outofreach") { world in
                try world.becomeMember()
                let project = try Project.small(world)
                let refused = try world.envsnap("capture", project.name, environment: ["ENVSNAP_ACCESS": "direct"])
                #expect(refused.status == 1)
                #expect(refused.errors.contains("not within reach"))
                let misspelt = try world.envsnap("capture", project.name, environment: ["ENVSNAP_ACCESS": "hlper"])
                #expect(misspelt.status == 64)
            }
        }

        /// The helpers of other tests' runs are theirs.
        private func helpers() throws -> String {
            Settings.isShared
                ? "" : try Command.run("docker", "container", "ls", "-aq", "--filter", "label=io.envsnap.helper")
        }

        /// The helper of one process.
        private func helpers(of process: Int32) throws -> String {
            try Command.run("docker", "container", "ls", "-aq", "--filter", "label=io.envsnap.helper=\(process)")
        }
    }
}
