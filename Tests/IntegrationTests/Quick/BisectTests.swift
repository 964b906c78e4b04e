// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Bisection") struct BisectTests {
        /// A project with something to differ in everywhere.
        private func compose(_ world: World, mode: String, address: Int, extra: String) -> String {
            """
            version: "3.8"
            networks:
              default:
                ipam:
                  config:
                    - subnet: "10.82.\(world.number).0/24"
            volumes:
              data:
            services:
              box:
                image: "\(Settings.image)"
                command: ["sleep", "900"]
                stop_signal: "SIGKILL"
                environment: {MODE: "\(mode)", OTHER: "\(extra)", THIRD: "\(extra)"}
                labels: {extra: "\(extra)"}
                mem_limit: "\(extra == "one" ? 64 : 80)m"
                networks:
                  default:
                    ipv4_address: "10.82.\(world.number).\(address)"
                volumes: ["data:/data", "./bind:/srv/bind"]
              peer:
                image: "\(Settings.image)"
                command: ["sleep", "900"]
                stop_signal: "SIGKILL"
                environment: {EXTRA: "\(extra)"}
            """
        }

        /// Two snapshots that differ in many things.
        private func snapshots(_ world: World) throws {
            let project = try Project(world, compose: compose(world, mode: "plain", address: 10, extra: "one"))
            let fill = #"for i in $(seq 20); do echo "$2" >"$1/bind/file $i"; done; echo "$2" >"$1/bind/conf""#
            try Command.script(fill, project.folder, "one")
            try Command.run(
                "docker", "exec", try project.container("box"), "sh", "-c", "echo one >/data/state; echo one >/layer")
            try world.capture(project.name, as: "good")
            let other = compose(world, mode: "special", address: 20, extra: "two")
            try Data(other.utf8).write(to: URL(filePath: "\(project.folder)/docker-compose.yml"))
            try project.compose("up", "-d")
            try Command.script(fill, project.folder, "two")
            try Command.run(
                "docker", "exec", try project.container("box"), "sh", "-c", "echo two >/data/state; echo two >/layer")
            try world.capture(project.name, as: "bad")
            try project.remove()
        }

        private func bisect(_ world: World, _ check: String, status: Int32 = 0, host: String = "box") throws -> Outcome
        {
            try Command.outcome(
                [
                    Settings.binary, "bisect", "good", "bad", "--capsule-image", Settings.hostImage, "--progress",
                    "none",
                    "--host", host, "--json", "--", "sh", "-c", check,
                ], environment: ["ENVSNAP_STORE": world.store], folder: world.folder, within: 600
            ).expecting(status)
        }

        @Test("each of the planted differences is found, files by name, and two that have to come together")
        func planted() throws {
            try World.with("bisect") { world in
                try snapshots(world)
                let listing = try EngineListing()
                let ids = try world.envsnap("ls", "--json").expecting(0).data
                let address = "10.82.\(world.number).20"
                let cases: [(check: String, kind: String, field: String, files: [String])] = [
                    ("test $MODE = plain", "environment", "MODE", []),
                    ("test \"$(cat '/srv/bind/file 7')\" = one", "files", "", ["bind/file 7"]),
                    ("test $(cat /data/state) = one", "files", "", ["state"]),
                    ("test $(cat /layer) = one", "files", "writable layer", ["layer"]),
                    ("! ip -4 addr | grep -q \(address)/", "network", "on network \(world.name)_default", []),
                ]
                for planted in cases {
                    let data = try bisect(world, planted.check).data
                    #expect(data["exact"] == true)
                    let guilty = data["guilty"].array ?? []
                    #expect(guilty.count == 1, "\(data)")
                    #expect(guilty.first?["kind"].string == planted.kind, "\(guilty)")
                    #expect(guilty.first?["field"].string == planted.field, "\(guilty)")
                    #expect(guilty.first?["files"].strings == planted.files, "\(guilty)")
                    #expect((data["trials"].array?.count ?? 99) < 24)
                }
                let both = try bisect(world, "test $MODE = plain || test $(cat /srv/bind/conf) = one").data
                let found = (both["guilty"].array ?? []).compactMap { $0["kind"].string }
                #expect(Set(found) == ["environment", "files"] && both["exact"] == true, "\(both)")
                #expect(try world.envsnap("ls", "--json").expecting(0).data == ids, "mixtures were left")
                try EngineListing.expectNoChange(since: listing, "a bisection left something")
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
            }
        }

        @Test("a command that does not tell the two apart is told")
        func undecided() throws {
            try World.with("bisect-no") { world in
                try snapshots(world)
                let always = try bisect(world, "true", status: 1).error
                #expect(always["message"].string?.contains("not fail in bad") == true)
                let never = try bisect(world, "false", status: 1).error
                #expect(never["code"] == "bisect" && never["message"].string?.contains("not succeed in good") == true)
                _ = try world.envsnap("bisect", "good", "bad").expecting(64)
                _ = try world.envsnap("bisect", "good", "none", "--", "true").expecting(10)
                #expect(try world.envsnap("ls", "--json").expecting(0).data.array?.count == 2)
            }
        }
    }
}
