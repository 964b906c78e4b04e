// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Interruptions in hosts", .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
    struct KilledTwinTests {
        @Test("leaves of hosts go on after a signal at once, and after a kill with doctor; hosts are never paused")
        func pausedInside() throws {
            try World.with("frozen") { world in
                let twin = try Reproduction(world, "twin", target: "up")
                let fred = try twin.host("twin-fred")
                let web = try Project.container("web", of: "fred", docker: fred.docker)
                try Command.script(
                    #"head -c 400000000 /dev/urandom >"$1"/large"#, fred.mount(web, at: "/srv/pages"))
                try world.keepChanging("\(fred.mount(web, at: "/srv/pages"))/large")
                world.cleanUp("what is paused") {
                    if try self.isPaused(web, fred) { _ = try Command.outcome(fred.docker + ["unpause", web]) }
                }

                let interrupted = try captureUntilPaused(world, twin, web, fred)
                for host in ["twin-fred", "twin-waldo"] {
                    let state = try Places.machine.inspect(Project.container(host, of: twin.name, docker: ["docker"]))
                    #expect(state["State"]["Status"] == "running", "\(host) was paused")
                }
                kill(interrupted.id, SIGINT)
                #expect(try interrupted.finish(within: 60).status == 130)
                #expect(try !isPaused(web, fred))

                let killed = try captureUntilPaused(world, twin, web, fred)
                kill(killed.id, SIGKILL)
                _ = try killed.finish(within: 10)
                #expect(try isPaused(web, fred))
                _ = try world.envsnap("doctor").expecting(0)
                #expect(try !isPaused(web, fred))
                try twin.make("test")
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)
            }
        }

        private func isPaused(_ container: String, _ host: Places) throws -> Bool {
            try host.inspect(container)["State"]["Paused"] == true
        }

        private func captureUntilPaused(
            _ world: World, _ twin: Reproduction, _ container: String, _ host: Places
        ) throws -> Command {
            let capture = try world.start("capture", twin.name, "--progress", "plain")
            for _ in 0..<6000 where capture.isRunning {
                if capture.errorOutput.contains("reading volume twin-fred/fred_pages") { return capture }
                usleep(5_000)
            }
            throw try capture.finish(within: 1)
        }
    }
}
