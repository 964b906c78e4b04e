// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Odd data") struct DataTests {
        @Test("a project in a folder with blanks and letters of other scripts")
        func oddFolder() throws {
            try World.with("oddly") { world in
                let project = try Project.small(world, folder: "a folder, größer 大")
                try OddTree.fill("\(project.folder)/bind")
                let before = try Walk(project.folder)
                try world.capture(project.name, as: "before")
                try project.remove()
                try world.replay("before", as: world.name)
                let capsule = try Places.capsule(world.name)
                #expect(try before.differences(from: Walk(capsule.root + project.folder)).isEmpty)
                let listed = try world.envsnap("exec", world.name, ".", "--", "pwd").expecting(0).output
                #expect(listed == project.folder + "\n")
                let seen = try world.envsnap("exec", world.name, "box", "--", "ls", "/srv/bind").expecting(0).output
                #expect(seen.contains("third-name"))
            }
        }

        @Test("a sparse file larger than a tar header can tell, in no time and no space")
        func hugeHole() throws {
            try World.with("hole") { world in
                let project = try Project.small(world)
                let file = "/bind/huge"
                try Command.script(
                    #"truncate -s 20G "$1"; printf end | dd of="$1" bs=1 seek=21474836477 conv=notrunc status=none"#,
                    project.folder + file)
                let start = ContinuousClock.now
                let data = try world.capture(project.name, as: "before").data
                #expect(ContinuousClock.now - start < .seconds(20))
                #expect((data["bytes"]["stored"].int ?? .max) < 10_000_000)
                try project.remove()
                try world.replay("before", as: world.name)
                let restored = try Places.capsule(world.name).root + project.folder + file
                #expect(try Command.run("stat", "-c", "%s", restored) == "21474836480")
                #expect(try Command.run("tail", "-c", "4", restored) == "\0end")
                let blocks = try Command.run("stat", "-c", "%b", restored)
                #expect((Int(blocks) ?? .max) < 64)
            }
        }

        @Test("files that come and go while they are read, with nothing paused")
        func restless() throws {
            try World.with("restless") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        services:
                          box:
                            image: "\(Settings.image)"
                            command:
                              - "sh"
                              - "-c"
                              - >-
                                end=$$(( $$(date +%s) + 60 ));
                                while [ $$(date +%s) -lt $$end ]; do
                                for n in 1 2 3 4 5 6 7 8 9; do echo $$n >/srv/bind/file-$$n; done;
                                echo more >>/srv/bind/growing;
                                rm -f /srv/bind/file-*; done
                            stop_signal: "SIGKILL"
                            volumes: ["./bind:/srv/bind"]
                        """)
                for round in 0..<4 {
                    let outcome = try world.envsnap("capture", project.name, "--pause", "none", "--json", "-q")
                    #expect([0, 4].contains(outcome.status), "round \(round): \(outcome)")
                }
                let held = try world.envsnap("capture", project.name, "--name", "held", "--json", "-q").expecting(0)
                #expect(try held.data["complete"] == true)
                _ = try world.envsnap("check", "--read-data", "-q").expecting(0)
            }
        }

        @Test("a store in the project's own folder is not captured into itself")
        func storeInside() throws {
            try World.with("inside") { world in
                let project = try Project.small(world)
                let store = "\(project.folder)/store"
                for name in ["one", "two"] {
                    let outcome = try world.envsnap("capture", project.name, "--name", name, "--store", store, "--json")
                    let data = try outcome.expecting(0).data
                    #expect(data["changedMeanwhile"].isEmpty)
                    #expect((data["bytes"]["stored"].int ?? .max) < 2_000_000)
                }
                try Command.run("cp", "-a", store, world.store)
                let names = try world.archiveNames(of: "two", path: project.folder)
                #expect(names.contains("docker-compose.yml"))
                #expect(!names.contains { $0.hasPrefix("store/blobs") })
            }
        }
    }
}
