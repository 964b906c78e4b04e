// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("One replay of two hosts", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct TwinReplayTests {
        @Test("its probes, its published ports, and its resets")
        func twin() throws {
            try World.with("twin-replay") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                try OddTree.fill(pages(of: twin.host("twin-fred")))
                try captureWithProbes(twin, world)
                try twin.remove()

                let ports = (20_000 + world.number, 21_000 + world.number)
                try refusals(world, ports)
                world.takeDownAtEnd(world.name)
                let replay = try Measured(
                    world, "replay", "before", "--as", world.name, "--publish", "twin-fred/web:80=\(ports.0)",
                    "--publish", "twin-waldo/echo:7000=\(ports.1)", "--json", "-q")
                let data = try replay.outcome.expecting(0).data
                #expect(data["verdict"]["exact"] == true)
                #expect(data["published"][0]["localPort"].int == Int64(ports.0))
                #expect(data["probes"].array?.map { $0["reproduced"] } == [true, true, true])

                try expectReached(world, ports)
                try mended(world)
                try reset(twin, world, replay)
                try expectReached(world, ports)
                try changedHost(twin, world)
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(throws: (any Error).self) { try talk("ping\n", to: ports.1, line: "head") }
            }
        }

        // MARK: Probes

        /// A bug between containers of two hosts, as a probe that fails, beside two that succeed.
        private func captureWithProbes(_ twin: Reproduction, _ world: World) throws {
            let captured = try world.envsnap(
                "capture", twin.name, "--name", "before", "--json", "-q", "--probe",
                "twin-fred/web: nc -w 2 echo 7001", "--probe", "twin-fred/web: echo ping | nc -w 2 echo 7000",
                "--probe", "twin-waldo: docker ps -q | wc -l", within: 300
            ).expecting(0).data
            #expect(captured["probes"].array?.map { $0["result"]["exitStatus"] } == [1, 0, 0])
            #expect(captured["probes"][2]["result"]["stdout"]["text"] == "1\n")
        }

        /// What was changed in the replay is not reproduced any more.
        private func mended(_ world: World) throws {
            let echo = try world.envsnap("exec", world.name, "twin-waldo", "--", "docker", "kill", "waldo_echo_1")
            if echo.status != 0 {
                _ = try world.envsnap("exec", world.name, "twin-waldo", "--", "docker", "kill", "waldo-echo-1")
                    .expecting(0)
            }
            let verified = try world.envsnap("verify", world.name, "--json", "-q").expecting(3).data
            #expect(verified["probes"].array?.map { $0["reproduced"] } == [true, false, true])
        }

        // MARK: Ports

        private func refusals(_ world: World, _ ports: (Int, Int)) throws {
            func replay(_ publication: String) throws -> Outcome {
                try world.envsnap(
                    "replay", "before", "--as", world.name, "--publish", publication, "--publish",
                    "twin-waldo/echo:7000=\(ports.1)", "--json", "-q", within: 300)
            }
            let unknown = try replay("twin-fred/nothing:80=\(ports.0)").expecting(1).error
            #expect(unknown["message"].string?.contains("twin-fred/nothing") == true)
            _ = try replay("twin-fred/web=\(ports.0)").expecting(64)
        }

        /// Ports two levels down are reached at 127.0.0.1, and there alone.
        private func expectReached(_ world: World, _ ports: (Int, Int)) throws {
            #expect(try talk("GET / HTTP/1.0\r\n\r\n", to: ports.0, line: "tail") == "hello from fred")
            #expect(try talk("ping\n", to: ports.1, line: "head") == "ping")
            let bound = try Command.run("docker", "port", "envsnap-\(world.name)")
            #expect(bound.contains("127.0.0.1:\(ports.0)") && !bound.contains("0.0.0.0:"))
        }

        /// Sends a text to a port of this machine; returns the first (`head`) or last (`tail`) line that comes back.
        private func talk(_ text: String, to port: Int, line: String) throws -> String {
            let script = """
                import socket, sys
                with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10) as peer:
                    peer.sendall(sys.argv[2].encode())
                    if sys.argv[3] == "head":
                        print(peer.makefile().readline().strip())
                    else:
                        print(peer.makefile().read().splitlines()[-1])
                """
            return try Command.run("python3", "-c", script, String(port), text, line)
        }

        // MARK: Resets

        /// What was changed inside a host is put back while hosts go on.
        private func reset(_ twin: Reproduction, _ world: World, _ replay: Measured) throws {
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
            let data = try reset.outcome.expecting(0).data
            #expect(data["verdict"]["exact"] == true)
            #expect(data["probes"].array?.map { $0["reproduced"] } == [true, true, true])
            #expect(reset.time < replay.time)
            #expect(try hostIDs(twin, world) == hosts)
            #expect(try Walk(pages(of: fred)).differences(from: before).isEmpty)
            let added = try EngineListing(fred.docker).changes(since: listing).filter { $0.contains("added") }
            #expect(added.isEmpty)
        }

        /// A host with changed files of its own is made anew.
        private func changedHost(_ twin: Reproduction, _ world: World) throws {
            let fred = try twin.host("twin-fred", inReplay: world.name)
            let (hosts, before) = (try hostIDs(twin, world), try Walk(pages(of: fred)))
            try Data("changed".utf8).write(to: URL(filePath: "\(fred.root)/etc/written-by-test"))
            _ = try world.envsnap("reset", world.name, "--json", "-q", within: 300).expecting(0)
            let again = try twin.host("twin-fred", inReplay: world.name)
            #expect(!FileManager.default.fileExists(atPath: "\(again.root)/etc/written-by-test"))
            #expect(try Walk(pages(of: again)).differences(from: before).isEmpty)
            #expect(Set(try hostIDs(twin, world)).intersection(hosts).count == 1)
            #expect(try world.envsnap("exec", world.name, ".", "--", "make", "test", within: 120).status == 0)
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
