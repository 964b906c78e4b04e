// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Forged and signed snapshots") struct ForgeryTests {
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
                try world.export(project)
                let victim = "\(world.name)-victim"
                try Command.run("docker", "volume", "create", victim)
                world.cleanUp("the victim") { try Command.run("docker", "volume", "rm", victim) }
                try Command.run("docker", "run", "--rm", "-v", "\(victim):/v", Settings.image, "touch", "/v/precious")
                try project.remove()
                let other = world.elsewhere()
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
                        ["--direct"], 1, "a tree lies at no plain absolute path"
                    ),
                    (
                        #"document["trees"].append(dict(document["trees"][0], path=document["trees"][0]["path"] + "/bind"))"#,
                        [], 1, "a tree lies below another one"
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

        @Test("probes run in the replay's own containers, not in those of a project with the same name")
        func probes() throws {
            try World.with("probed") { world in
                let project = try Project.small(world)
                try world.export(project)
                try project.remove()
                let other = world.elsewhere()
                let own = "\(world.name)-own"
                try Forgery.make(
                    from: "\(world.folder)/x.envsnap", to: "\(world.folder)/forged",
                    """
                    document["probes"] = [{"container": "\(own)", "command": "touch /probed",
                        "timeLimitMilliseconds": 1000, "result": {"exitStatus": 0, "milliseconds": 1}}]
                    """)
                func runOwn() throws {
                    try Command.run(
                        "docker", "run", "-d", "--name", own, "--label", "com.docker.compose.project=\(project.name)",
                        Settings.image, "sleep", "600")
                }
                let remove = { _ = try Command.run("docker", "rm", "-f", own) }
                world.cleanUp("the user's own container", remove)
                let arguments = ["forged", "--as", world.name, "--direct", "--allow", "image-names=.", "--json", "-q"]
                func replay() throws -> Outcome {
                    try Command.outcome(
                        [Settings.binary, "replay"] + arguments, environment: other, folder: world.folder, within: 300)
                }
                try runOwn()
                let refused = try replay().expecting(1).error["message"].string ?? ""
                #expect(refused.contains("the container \(own) belongs to a project \(project.name)"))
                try remove()
                _ = try replay().expecting(3)
                try runOwn()
                let verified = try world.envsnap("verify", world.name, "--json", environment: other).expecting(3)
                #expect(verified.output.contains("has not made"), "\(verified)")
                #expect(try Command.run("docker", "diff", own).isEmpty, "it was probed")
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
