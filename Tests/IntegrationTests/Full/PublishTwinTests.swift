// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Published ports", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct PublishTwinTests {
        @Test("a port two levels down is reached at 127.0.0.1, also after a reset, until the replay is taken down")
        func twin() throws {
            try World.with("publish") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                try world.capture(twin.name, as: "before")
                try twin.remove()
                let (first, second) = (20_000 + world.number, 21_000 + world.number)
                func replay(_ publication: String) throws -> Outcome {
                    try world.envsnap(
                        "replay", "before", "--as", world.name, "--publish", publication, "--publish",
                        "twin-waldo/echo:7000=\(second)", "--json", "-q", within: 300)
                }
                let unknown = try replay("twin-fred/nothing:80=\(first)").expecting(1).error
                #expect(unknown["message"].string?.contains("twin-fred/nothing") == true)
                _ = try replay("twin-fred/web=\(first)").expecting(64)

                world.takeDownAtEnd(world.name)
                let data = try replay("twin-fred/web:80=\(first)").expecting(0).data
                #expect(data["verdict"]["exact"] == true)
                #expect(data["published"][0]["localPort"].int == Int64(first))
                try expectPages(at: first)
                #expect(try talk("ping\n", to: second, line: "head") == "ping")
                let bound = try Command.run("docker", "port", "envsnap-\(world.name)")
                #expect(bound.contains("127.0.0.1:\(first)") && !bound.contains("0.0.0.0:"))

                _ = try world.envsnap("reset", world.name, "-q", within: 300).expecting(0)
                try expectPages(at: first)
                _ = try world.envsnap("down", world.name).expecting(0)
                #expect(throws: (any Error).self) { try talk("ping\n", to: second, line: "head") }
            }
        }

        private func expectPages(at port: Int) throws {
            #expect(try talk("GET / HTTP/1.0\r\n\r\n", to: port, line: "tail") == "hello from fred")
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
    }
}
