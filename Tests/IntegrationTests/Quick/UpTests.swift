// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Bringing up") struct UpTests {
        private typealias Pair = HostPair

        @Test(
            "two hosts come up with their images and in their order, once more changes nothing, and load adds an image")
        func pair() throws {
            try World.with("up") { world in
                let pair = try Pair(world)
                let first = try Measured(world, "up", pair.folder, "--json", "-q")
                let data = try first.outcome.expecting(0).data
                #expect(data["project"].string == pair.name)
                #expect(data["problems"].isEmpty)
                #expect(data["hosts"].array?.map { $0["name"].string } == ["fred", "waldo"])
                for host in data["hosts"].array ?? [] {
                    #expect(host["images"].strings == [pair.image("tool:dev")])
                    #expect(host["services"].array?.map { $0["state"].string } == ["running"])
                    #expect(host["services"].array?.allSatisfy { $0["isWell"].bool == true } == true)
                }
                #expect(data["hosts"][0]["project"].string == "/srv/fred")
                #expect(data["hosts"][1]["project"].string == "/srv/waldo")
                // The service names the other host, and reaches it.
                let fred = try pair.host("fred")
                let web = try Project.container("web", of: "fred", docker: fred.docker)
                let answer = try Command.outcome(fred.docker + ["exec", web, "nc", "-w", "3", "echo", "7000"])
                #expect(answer.output == "echo-of-waldo\n", "\(answer)")

                let listings = try pair.listings()
                let second = try Measured(world, "up", pair.folder, "--json", "-q")
                let again = try second.outcome.expecting(0).data
                #expect(again["hosts"].array?.allSatisfy { $0["images"].isEmpty } == true)
                #expect(try pair.listings() == listings)
                #expect(second.time < first.time)

                try load(world, pair)
            }
        }

        /// An image with one layer more than the engines have: only that one is sent.
        private func load(_ world: World, _ pair: Pair) throws {
            try pair.build("tool:next", "FROM \(pair.image("tool:dev"))\nRUN echo next >/next\n")
            let loaded = try world.envsnap(
                "load", pair.image("tool:next"), "fred", "--project", pair.name, "--progress", "plain"
            ).expecting(0)
            #expect(loaded.output == "fred: loaded \(pair.image("tool:next"))\n")
            #expect(loaded.errors.contains("1 of 3 layers"), "\(loaded)")
            let fred = try pair.host("fred")
            let run = try Command.outcome(fred.docker + ["run", "--rm", pair.image("tool:next"), "cat", "/next"])
            #expect(run.output == "next\n", "\(run)")
            let all = try world.envsnap("load", pair.image("tool:next"), "--project", pair.name, "--json", "-q")
                .expecting(0).data
            #expect(all["hosts"].array?.map { $0["sent"].strings } == [[], [pair.image("tool:next")]])
            #expect(all["hosts"].array?.map { $0["present"].strings } == [[pair.image("tool:next")], []])

            for (words, parts) in [
                (["no-such-image:1"], ["no image no-such-image:1"]),
                ([pair.image("tool:next"), "--host", "x"], ["no host \"x\""]),
                ([pair.image("tool:next"), "nobody"], ["no image nobody"]),
            ] {
                let outcome = try Command.outcome(
                    [Settings.binary, "load"] + words + ["--project", pair.name, "--json", "-q"], folder: world.folder
                ).expecting(1)
                for part in parts { #expect(try outcome.error["message"].string?.contains(part) == true, "\(outcome)") }
            }
        }

        @Test("what cannot come up is said before anything starts, with file and line")
        func badFiles() throws {
            try World.with("upbad") { world in
                let pair = try Pair(world)
                let fred = "\(pair.folder)/fred/docker-compose.yml"
                let good = try String(contentsOfFile: fred, encoding: .utf8)
                let cases = [
                    ("services:\n  web: {image: x\n", "fred:/srv/fred/docker-compose.yml, line 3"),
                    (
                        "version: '3.8'\nservices:\n  web:\n    image: 'envsnap-no.invalid/no-such:1'\n",
                        "fred:/srv/fred/docker-compose.yml, line 4"
                    ),
                    (good + "    env_file: ['./missing.env']\n", "/srv/fred/missing.env"),
                ]
                for (text, part) in cases {
                    try Data(text.utf8).write(to: URL(filePath: fred))
                    let outcome = try world.envsnap("up", pair.folder, "--json", "-q").expecting(1)
                    #expect(try outcome.error["message"].string?.contains(part) == true, "\(outcome)")
                    #expect(try outcome.error["hint"].string?.isEmpty == false)
                    #expect(try pair.running().isEmpty)
                }
                try Data(good.utf8).write(to: URL(filePath: fred))
                let outer = "\(pair.folder)/docker-compose.yml"
                let text = try String(contentsOfFile: outer, encoding: .utf8)
                try Data(text.replacing("privileged: true", with: "privilegd: true").utf8).write(
                    to: URL(filePath: outer))
                let outcome = try world.envsnap("up", pair.folder, "--json", "-q").expecting(1)
                #expect(try outcome.error["message"].string?.contains("docker-compose.yml, line") == true, "\(outcome)")
            }
        }

        @Test("no project, no tool")
        func nothingThere() throws {
            try World.with("upnone") { world in
                let empty = "\(world.folder)/empty"
                try FileManager.default.createDirectory(atPath: empty, withIntermediateDirectories: true)
                let none = try world.envsnap("up", empty, "--json", "-q").expecting(1)
                #expect(try none.error["message"].string?.contains(empty) == true)
                let gone = try world.envsnap("up", "\(world.folder)/gone", "--json", "-q").expecting(1)
                #expect(try gone.error["message"].string?.contains("no folder") == true)
                try Data("services: {a: {image: x}}".utf8).write(to: URL(filePath: "\(empty)/compose.yml"))
                let tool = try world.envsnap("up", empty, "--json", "-q", environment: ["PATH": empty]).expecting(1)
                #expect(try tool.error["message"].string?.contains("no compose tool on this machine") == true)
                #expect(try tool.error["hint"].string?.contains("apt install") == true)
            }
        }

        @Test("a port that is taken, and a host whose engine never answers")
        func trouble() throws {
            try World.with("uptrouble") { world in
                let holder = try Command.run(
                    "docker", "run", "-d", "--name", "\(world.name)-holder", "-p", "127.0.0.1::80", Settings.image,
                    "sleep",
                    "600")
                world.cleanUp("the holder") { try Command.run("docker", "rm", "-fv", holder) }
                let published = try Command.run("docker", "port", holder, "80/tcp")
                let port = try #require(published.split(separator: ":").last)
                let folder = "\(world.folder)/\(world.name)"
                try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
                let name = world.name
                world.cleanUp("the project \(name)") { try Project.removeObjects(of: name) }
                func write(_ services: String) throws {
                    try Data("version: '3.8'\nservices:\n\(services)".utf8)
                        .write(to: URL(filePath: "\(folder)/docker-compose.yml"))
                }
                try write(
                    """
                      box:
                        image: "\(Settings.image)"
                        command: ["sleep", "600"]
                        stop_signal: "SIGKILL"
                        ports: ["127.0.0.1:\(port):80"]
                    """)
                let taken = try world.envsnap("up", folder, "--json", "-q").expecting(1)
                let message = try taken.error["message"].string ?? ""
                #expect(message.contains("port \(port) is taken by the container \(world.name)-holder"), "\(taken)")

                try Project.removeObjects(of: name)
                try write(
                    """
                      host:
                        image: "\(Settings.image)"
                        privileged: true
                        network_mode: "none"
                        stop_signal: "SIGKILL"
                        command: ["sh", "-c", "echo what the host says; exec sleep 600"]
                        volumes: ["/var/lib/docker"]
                    """)
                let silent = try world.envsnap("up", folder, "--timeout", "4", "--json", "-q")
                #expect(silent.status != 0)
                #expect(try silent.error["message"].string?.contains("the engine in host") == true, "\(silent)")
                #expect(try silent.error["hint"].string?.contains("what the host says") == true, "\(silent)")
            }
        }
    }
}
