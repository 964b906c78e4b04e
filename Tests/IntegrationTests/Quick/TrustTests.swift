// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Trust") struct TrustTests {
        /// A store that never saw the project, in which the replay is taken down at the end.
        private func elsewhere(_ world: World) -> [String: String] {
            let other = ["ENVSNAP_STORE": "\(world.folder)/other"]
            world.cleanUp("the replay elsewhere") { _ = try world.envsnap("down", world.name, environment: other) }
            return other
        }

        private func export(_ project: Project, _ world: World) throws {
            try world.capture(project.name, as: "before")
            _ = try world.envsnap("export", "before", "-o", "x.envsnap").expecting(0)
        }

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
                try export(project, world)
                try project.remove()
                let other = elsewhere(world)
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
                try export(project, world)
                try project.remove()
                let other = elsewhere(world)
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

        @Test("a snapshot that was forged asks for what it does, and touches nothing that is not its own")
        func forged() throws {
            try World.with("forged") { world in
                let project = try Project(
                    world,
                    compose: """
                        version: "3.8"
                        volumes: {data: }
                        services:
                          box:
                            image: "\(Settings.image)"
                            command: ["sleep", "600"]
                            stop_signal: "SIGKILL"
                            network_mode: "none"
                            volumes: ["data:/data", "./bind:/bind"]
                        """)
                try Command.run("docker", "exec", project.container("box"), "touch", "/data/theirs", "/bind/theirs")
                try export(project, world)
                let victim = "\(world.name)-victim"
                try Command.run("docker", "volume", "create", victim)
                world.cleanUp("the victim") { try Command.run("docker", "volume", "rm", victim) }
                try Command.run("docker", "run", "--rm", "-v", "\(victim):/v", Settings.image, "touch", "/v/precious")
                try project.remove()
                let other = elsewhere(world)
                let canary = "\(world.folder)/canary"
                let forgeries: [(String, [String], Int32, String)] = [
                    // Docker takes names of members in any case.
                    (
                        #"containers["box"]["inspect"]["HostConfig"]["privileged"] = True"#, [], 5,
                        "unknown:HostConfig.privileged=box"
                    ),
                    (
                        #"containers["box"]["inspect"]["HostConfig"]["Binds"] = ["/:/host"]"#, ["--direct"], 5,
                        "bind-host:/=box"
                    ),
                    (
                        #"containers["box"]["inspect"]["HostConfig"]["Binds"] = ["/srv/../run/docker.sock:/x"]"#, [], 5,
                        "docker-sock=box"
                    ),
                    (
                        #"containers["box"]["inspect"]["HostConfig"]["Binds"] = ["\#(victim):/x"]"#, ["--direct"], 5,
                        "volume:\(victim)=box"
                    ),
                    (
                        #"document["trees"].append(dict(document["trees"][0], path="/srv/../..\#(canary)"))"#,
                        ["--direct"], 5,
                        "where no capture has one"
                    ),
                    (
                        #"document["trees"].append(dict(document["trees"][0], path=document["trees"][0]["path"] + "/bind"))"#,
                        [], 5, "where no capture has one"
                    ),
                    (#"document["trees"][0]["path"] = "/usr/local/bin""#, [], 5, "capsule-files:/usr/local/bin=."),
                    // Somebody else's volume, in the place of one that an engine made up a name for.
                    (
                        """
                        volume = dict(document["engine"]["volumes"][0])
                        volume["inspect"] = dict(volume["inspect"], Name="\(victim)", Labels={"com.docker.volume.anonymous": ""})
                        document["engine"]["volumes"].append(volume)
                        containers["box"]["inspect"]["Mounts"].append(
                            {"Type": "volume", "Name": "\(victim)", "Destination": "/nowhere", "RW": True})
                        """, ["--direct"], 1, "no container of the replay has the volume"
                    ),
                    (
                        """
                        volume = dict(document["engine"]["volumes"][0])
                        volume["inspect"] = dict(volume["inspect"], Name="\(victim)", Labels={"com.docker.volume.anonymous": ""})
                        document["engine"]["volumes"].append(volume)
                        """, ["--direct"], 1, "a volume \(victim) exists"
                    ),
                ]
                let listing = try EngineListing()
                for (number, (statements, more, status, said)) in forgeries.enumerated() {
                    let name = "forged-\(number)"
                    try Forgery.make(from: "\(world.folder)/x.envsnap", to: "\(world.folder)/\(name)", statements)
                    let images = more.isEmpty ? ["--capsule-image", Settings.hostImage] : ["--allow", "image-names=."]
                    let outcome = try Command.outcome(
                        [Settings.binary, "replay", name, "--as", world.name, "--json", "-q"] + more + images,
                        environment: other, folder: world.folder, within: 300)
                    #expect(outcome.status == status, "\(statements): \(outcome)")
                    let message = try outcome.error["message"].string ?? ""
                    #expect(message.contains(said), "\(statements): \(message)")
                    try EngineListing.expectNoChange(since: listing, "\(statements) left something")
                    #expect(!FileManager.default.fileExists(atPath: canary))
                    let seen = try Command.run(
                        "docker", "run", "--rm", "-v", "\(victim):/v", Settings.image, "ls", "/v")
                    #expect(seen == "precious", "\(statements)")
                }
            }
        }

        @Test("a bundle is signed, and taken only from whom it has to come")
        func signature() throws {
            try World.with("signed") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "before")
                for name in ["alice", "mallory"] {
                    try Command.run(
                        "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", "\(world.folder)/\(name)")
                }
                try Command.script(
                    #"printf 'alice@example.org %s\n' "$(cat "$1/alice.pub")" >"$1/signers""#, world.folder)
                _ = try world.envsnap("export", "before", "-o", "signed", "--sign-key", "alice").expecting(0)
                _ = try world.envsnap("export", "before", "-o", "forged", "--sign-key", "mallory").expecting(0)
                _ = try world.envsnap("export", "before", "-o", "unsigned").expecting(0)
                let other = ["ENVSNAP_STORE": "\(world.folder)/other", "XDG_CONFIG_HOME": "\(world.folder)/config"]
                let asked = ["--require-signer", "alice@example.org", "--allowed-signers", "signers", "--json"]
                for name in ["forged", "unsigned"] {
                    let refused = try Command.outcome(
                        [Settings.binary, "import", name] + asked, environment: other, folder: world.folder
                    ).expecting(1)
                    #expect(try refused.error["code"] == "signature", "\(name)")
                }
                #expect(try world.envsnap("ls", "--json", environment: other).expecting(0).data.isEmpty)
                #expect(
                    try world.envsnap("show", "signed", environment: other).expecting(0).output.contains(
                        "of an unknown key SHA256:"))
                try Command.script(
                    #"mkdir -p "$1/config/envsnap" && cp "$1/signers" "$1/config/envsnap/allowed_signers""#,
                    world.folder)
                #expect(
                    try world.envsnap("show", "signed", environment: other).expecting(0).output.contains(
                        "good, of alice@example.org"))
                _ = try Command.outcome(
                    [Settings.binary, "import", "signed"] + asked, environment: other, folder: world.folder
                ).expecting(0)
                let listed = try world.envsnap("ls", "--json", environment: other).expecting(0).data[0]
                #expect(listed["origin"]["source"].string?.hasSuffix(", signed by alice@example.org") == true)
                // A signature says who, and gives nothing.
                let usage = try world.envsnap(
                    "replay", "before", "--require-signer", "alice@example.org", environment: other)
                #expect(usage.status == 64)
            }
        }
    }
}
