// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Trust") struct TrustTests {
        @Test("what a snapshot from elsewhere asks for is refused until it is allowed, and is what it gets")
        func powers() throws {
            try World.with("trust") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        services:
                          plain: {image: "\(Settings.image)", command: ["sleep", "600"], stop_signal: "SIGKILL"}
                          able:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                            cap_add: ["NET_ADMIN"]
                            security_opt: ["seccomp=unconfined"]
                            pid: "host"
                            sysctls: {net.core.somaxconn: "512"}
                            volumes: ["/etc/hostname:/x:ro"]
                          whole: {image: "\(Settings.image)", command: ["sleep", "600"], stop_signal: "SIGKILL", privileged: true}
                        """)
                try world.export(project)
                try project.remove()
                let other = world.elsewhere()
                let image = ["--capsule-image", Settings.hostImage]
                func replay(_ more: [String], _ status: Int32) throws -> Outcome {
                    try Command.outcome(
                        [Settings.binary, "replay", "x.envsnap", "--as", world.name, "--json", "--progress", "none"]
                            + image + more,
                        environment: other, folder: world.folder, within: 300
                    ).expecting(status)
                }
                let shown = try world.envsnap(
                    "show", "x.envsnap", environment: other.merging(["DOCKER_HOST": "unix:///nowhere"]) { $1 }
                )
                .expecting(0).output
                #expect(shown.contains("privileged=whole") && shown.contains("cap:NET_ADMIN=able"))
                let listing = try EngineListing()
                let error = try replay([], 5).error
                #expect(error["code"] == "refused")
                let flags = (error["details"]["powers"].array ?? []).compactMap { $0["allow"].string }
                #expect(
                    Set(flags) == [
                        "capsule-files:/etc/hostname=.", "cap:NET_ADMIN=able", "seccomp=able", "ns:pid=able",
                        "sysctl:net.core.somaxconn=able", "bind-host:/etc/hostname=able", "privileged=whole",
                    ])
                #expect(flags.allSatisfy { error["message"].string?.contains($0) == true })
                let hint = try #require(error["hint"].string)
                #expect(flags.allSatisfy { hint.contains("--allow \($0)") || hint.contains("--allow '\($0)'") })
                let allowed = flags.flatMap { ["--allow", $0] }
                let fewer = try replay(Array(allowed.dropLast(2)), 5).error["details"]["powers"].array ?? []
                #expect(fewer.filter { $0["allowed"] == false }.count == 1)
                #expect(try replay(allowed + ["--allow", "privileged=plain"], 64).error["code"] == "badPower")
                let planned = try replay(["--dry-run"], 0).data["powers"].array ?? []
                #expect(planned.compactMap { $0["allow"].string } == flags)
                try EngineListing.expectNoChange(since: listing, "something was made although it was refused")

                let made = try replay(allowed, 0).data
                #expect(made["verdict"]["exact"] == true)
                try compareWithEngine(world, other)
                let reset = try world.envsnap("reset", world.name, "--json", environment: other, within: 300).expecting(
                    0)
                #expect(try reset.data["verdict"]["exact"] == true)
                try compareWithEngine(world, other)
            }
        }

        /// Listed is granted: what the engine says of the containers has no power that was not in the list.
        private func compareWithEngine(_ world: World, _ other: [String: String]) throws {
            let capsule = "envsnap-\(world.name)"
            let ids = try Command.run("docker", "exec", capsule, "docker", "ps", "-aq").split(separator: "\n").map(
                String.init)
            #expect(ids.count == 3)
            for id in ids {
                let container = try JSONValue(
                    parsing: try Command.run("docker", "exec", capsule, "docker", "inspect", id))[0]
                let host = container["HostConfig"]
                let service = container["Config"]["Labels"]["com.docker.compose.service"].string
                #expect((host["Privileged"] == true) == (service == "whole"))
                #expect(
                    host["CapAdd"].strings.map { $0.replacing("CAP_", with: "") }
                        == (service == "able" ? ["NET_ADMIN"] : []))
                #expect((host["PidMode"] == "host") == (service == "able"))
                #expect(host["SecurityOpt"].strings.contains("seccomp=unconfined") == (service == "able"))
                #expect((host["Sysctls"].object?.count ?? 0) == (service == "able" ? 1 : 0))
                #expect((host["Binds"].array?.count ?? 0) == (service == "able" ? 1 : 0))
                #expect(
                    ["", "bridge"].contains(
                        host["NetworkMode"].string?.replacing("\(world.name)_default", with: "") ?? ""))
                #expect(
                    host["Devices"].isEmpty && host["DeviceRequests"].isEmpty && host["UsernsMode"] == ""
                        && host["UTSMode"] == "")
            }
        }

        @Test("a link in a snapshot's files that a container binds is refused, in a capsule and without one")
        func link() throws {
            try World.with("link") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        services:
                          box: {image: "\(Settings.image)", command: ["sleep", "600"], stop_signal: "SIGKILL", network_mode: "none", volumes: ["./link:/x:ro"]}
                        """, prepare: { try Command.run("ln", "-s", "/etc", "\($0)/link") })
                try world.export(project)
                try project.remove()
                let other = world.elsewhere()
                let listing = try EngineListing()
                for more in [["--direct", "--allow", "image-names=."], ["--capsule-image", Settings.hostImage]] {
                    let outcome = try Command.outcome(
                        [Settings.binary, "replay", "x.envsnap", "--as", world.name, "--json", "-q"] + more,
                        environment: other, folder: world.folder, within: 300
                    ).expecting(5)
                    #expect(try outcome.error["message"].string?.contains("symbolic link") == true, "\(more)")
                    try EngineListing.expectNoChange(since: listing, "something is left")
                }
                // Captured here it is the user's own link.
                try world.replay("before", as: world.name)
            }
        }

        @Test(
            "hosts from elsewhere are asked for one by one, with what is in them",
            .enabled(if: Settings.isFull, Comment(rawValue: Settings.notFull)))
        func hosts() throws {
            try World.with("hosts") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        volumes: {docker: }
                        services:
                          host:
                            image: "\(Settings.hostImage)"
                            privileged: true
                            volumes: ["docker:/var/lib/docker/"]
                        """)
                let host = try project.container("host")
                try Command.script(
                    """
                    until docker exec "$1" docker info >/dev/null 2>&1; do sleep 0.5; done
                    docker save "$2" | docker exec -i "$1" docker load >/dev/null
                    docker exec "$1" docker run -d --name inner --cap-add NET_ADMIN "$2" sleep 600 >/dev/null
                    """, host, Settings.image)
                _ = try world.envsnap("capture", project.name, "--name", "before", "-q", within: 300).expecting(0)
                _ = try world.envsnap("export", "before", "-o", "x.envsnap", within: 300).expecting(0)
                try project.remove()
                let other = world.elsewhere()
                let flags = ["privileged=.", "privileged=host", "cap:NET_ADMIN=host/inner"]
                func replay(_ flags: [String], _ status: Int32) throws -> Outcome {
                    try Command.outcome(
                        [Settings.binary, "replay", "x.envsnap", "--as", world.name, "--json", "-q"]
                            + flags.flatMap { ["--allow", $0] }, environment: other, folder: world.folder, within: 300
                    ).expecting(status)
                }
                let asked = try replay([], 5).error["details"]["powers"].array ?? []
                #expect(asked.compactMap { $0["allow"].string } == flags)
                for one in flags { _ = try replay(flags.filter { $0 != one }, 5) }
                #expect(try replay(flags, 0).data["verdict"]["exact"] == true)
                let reset = try world.envsnap("reset", world.name, "--json", environment: other, within: 300).expecting(
                    0)
                #expect(try reset.data["verdict"]["exact"] == true)
            }
        }
    }
}
