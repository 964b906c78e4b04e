// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Bisection") struct BisectTests {
        /// A bisection, and what is expected of it.
        private struct Search {
            let check: String
            var host = "box"
            let expect: (Outcome, Duration) throws -> Void
        }

        /// A bisection that runs.
        private struct Running {
            let search: Search
            let command: Command
            let start = ContinuousClock.now
        }

        /// As many run side by side: they wait for engines most of the time.
        private static let lanes = 4

        private func start(_ world: World, _ check: String, host: String = "box") throws -> Command {
            let command = try Command(
                [
                    Settings.binary, "bisect", "good", "bad", "--capsule-image", Settings.hostImage, "--progress",
                    "none", "--host", host, "--json", "--", "sh", "-c", check,
                ], environment: ["ENVSNAP_STORE": world.store], folder: world.folder)
            world.cleanUp("a bisection") {
                guard command.isRunning else { return }
                kill(command.id, SIGTERM)
                _ = try command.finish(within: 60)
            }
            return command
        }

        @Test("each planted difference is found among all others, files by name, two that come together, and none")
        func planted() throws {
            try World.with("bisect") { world in
                let project = try PlantedProject(world)
                let listing = try EngineListing()
                let ids = try world.envsnap("ls", "--json").expecting(0).data
                let cases = PlantedDifference.all(of: project.name, subnet: project.subnet).filter(\.isWanted)
                var rows: [String: String] = [:]
                let searches = cases.map { planted in
                    Search(check: planted.check, host: planted.host) { outcome, time in
                        rows[planted.name] = try row(planted, outcome.expecting(0).data, time)
                    }
                }
                try run(searches + [together] + undecided, in: world)
                print("planted differences that bisect was to find:")
                for planted in cases { print("  " + (rows[planted.name] ?? "\(planted.name): not found")) }
                _ = try world.envsnap("bisect", "good", "bad").expecting(64)
                _ = try world.envsnap("bisect", "good", "none", "--", "true").expecting(10)
                #expect(try world.envsnap("ls", "--json").expecting(0).data == ids, "mixtures were left")
                try EngineListing.expectNoChange(since: listing, "a bisection left something")
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
            }
        }

        @Test(
            "a difference inside a host is found, while the host goes on",
            .enabled(if: Settings.plantedDifferences == "all", "ENVSNAP_TEST_BISECT=all asks for it"))
        func insideHost() throws {
            try World.with("bisect-host") { world in
                let project = try NestedProject(world).project
                try world.capture(project.name, as: "good")
                try Command.script(
                    #"""
                    docker exec "$1" docker rm -f inner >/dev/null
                    docker exec "$1" docker run -d --name inner --network none --stop-signal KILL -e MODE=special                         -w /tmp --hostname other "$2" sleep 901 >/dev/null
                    docker exec "$1" docker exec inner sh -c 'echo x >/made'; echo x >"$3/bind/made"
                    """#, project.container("corge"), Settings.image, project.folder)
                try world.capture(project.name, as: "bad")
                try project.remove()
                for (check, field, files) in [
                    ("test -z \"$MODE\"", "MODE", []), ("! test -e /made", "writable layer", ["made"]),
                ] as [(String, String, [String])] {
                    let start = ContinuousClock.now
                    let data = try self.start(world, check, host: "corge/inner").finish(within: 300).expecting(0).data
                    let guilty = data["guilty"].array ?? []
                    #expect(data["exact"] == true && guilty.count == 1, "\(data)")
                    #expect(guilty.first?["object"].string == "container corge/inner", "\(guilty)")
                    #expect(guilty.first?["field"].string == field, "\(guilty)")
                    #expect(guilty.first?["files"].strings.filter { $0 != "." } == files, "\(guilty)")
                    let trials = data["trials"].array?.count ?? 0
                    print("inside a host: \(field), \(trials) trials, \(ContinuousClock.now - start)")
                }
            }
        }

        private func run(_ searches: [Search], in world: World) throws {
            var waiting = searches[...]
            var running: [Running] = []
            while !waiting.isEmpty || !running.isEmpty {
                while running.count < Self.lanes, let next = waiting.popFirst() {
                    running.append(Running(search: next, command: try start(world, next.check, host: next.host)))
                }
                let now = ContinuousClock.now
                if let index = running.firstIndex(where: { !$0.command.isRunning || now - $0.start > .seconds(300) }) {
                    let ended = running.remove(at: index)
                    try ended.search.expect(ended.command.finish(within: 1), now - ended.start)
                }
                usleep(20_000)
            }
        }

        private func row(_ planted: PlantedDifference, _ data: JSONValue, _ time: Duration) -> String {
            let guilty = data["guilty"].array ?? []
            let trials = data["trials"].array?.count ?? 99
            #expect(data["exact"] == true && guilty.count == 1, "\(planted.name): \(data)")
            #expect((data["differences"].int ?? 0) >= 18, "\(data)")
            #expect(trials < 22, "\(planted.name): \(data)")
            guard let found = guilty.first else { return "\(planted.name): nothing was found" }
            #expect(found["kind"].string == planted.kind, "\(planted.name): \(guilty)")
            #expect(planted.object.isEmpty || found["object"].string == planted.object, "\(planted.name): \(guilty)")
            #expect(found["field"].string == planted.field, "\(planted.name): \(guilty)")
            #expect(found["files"].strings == planted.files, "\(planted.name): \(guilty)")
            let named = [found["object"].string ?? "", planted.field] + planted.files
            return "\(planted.name): \(named.filter { !$0.isEmpty }.joined(separator: ", ")); "
                + "\(data["differences"].int ?? 0) differences, \(trials) trials, \(time.components.seconds) s"
        }

        /// Two that have to come together.
        private var together: Search {
            Search(check: "test $MODE = plain || test $(cat /srv/bind/conf) = one") { outcome, _ in
                let data = try outcome.expecting(0).data
                let found = (data["guilty"].array ?? []).compactMap { $0["kind"].string }
                #expect(Set(found) == ["environment", "files"] && data["exact"] == true, "\(data)")
            }
        }

        /// Commands that do not tell the two apart.
        private var undecided: [Search] {
            [
                Search(check: "true") { outcome, _ in
                    let error = try outcome.expecting(1).error
                    #expect(error["message"].string?.contains("not fail in bad") == true)
                },
                Search(check: "false") { outcome, _ in
                    let error = try outcome.expecting(1).error
                    #expect(
                        error["code"] == "bisect" && error["message"].string?.contains("not succeed in good") == true)
                },
            ]
        }
    }
}
