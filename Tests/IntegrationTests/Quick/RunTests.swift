// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Clean runs") struct RunTests {
        private func run(
            _ world: World, _ options: [String] = [], _ command: [String], input: String? = nil
        ) throws -> Outcome {
            try Command.outcome(
                [Settings.binary, "run", "base", "--capsule-image", Settings.hostImage, "--progress", "none"] + options
                    + ["--"] + command,
                environment: ["ENVSNAP_STORE": world.store], folder: world.folder, input: input, within: 300)
        }

        @Test("each starts from the same state, has the command's streams and status, and leaves nothing")
        func fromTheSameState() throws {
            try World.with("run") { world in
                let project = try Project.small(world)
                try Data("one\n".utf8).write(to: URL(filePath: "\(project.folder)/bind/conf"))
                try world.capture(project.name, as: "base")
                try project.remove()
                let listing = try EngineListing()
                let script = "ls bind; cat bind/conf; cat; echo two >bind/conf; touch bind/made; echo err >&2; exit 3"
                for _ in 0..<2 {
                    let outcome = try run(world, [], ["sh", "-c", script], input: "given\n").expecting(3)
                    #expect(outcome.output == "conf\none\ngiven\n")
                    #expect(outcome.errors.hasSuffix("err\nthe command ended with status 3\n"), "\(outcome)")
                    try EngineListing.expectNoChange(since: listing, "a run left something")
                }
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)

                let good = try run(world, ["--host", "box", "--json"], ["cat", "/srv/bind/conf"]).expecting(0)
                #expect(try good.data["exitStatus"] == 0)
                #expect(try good.data["kept"] == false)
                #expect(try good.data["verdict"]["exact"] == true)
                #expect(good.errors.contains("one\n"))

                let none = try run(world, ["--json"], ["no-such-command"]).expecting(127)
                #expect(try none.data["exitStatus"] == 127)
                #expect(try none.data["refusal"].string?.contains("no-such-command") == true)
                let words = try run(world, ["--host", "box"], ["no-such-command"]).expecting(127)
                #expect(words.output.isEmpty)
                #expect(words.errors.contains("error: there is no command \"no-such-command\" there"))

                let elsewhere = try run(world, ["--host", "nothing", "--json"], ["true"]).expecting(10)
                #expect(try elsewhere.error["code"] == "noSuchPath")
                #expect(try elsewhere.error["hint"].string?.contains("box") == true)
                try EngineListing.expectNoChange(since: listing, "a run left something")
            }
        }

        @Test("what is wrong is told before anything is made")
        func wrong() throws {
            try World.with("run-wrong") { world in
                let unknown = try run(world, ["--json"], ["true"]).expecting(10)
                #expect(try unknown.error["code"] == "notFound")
                let missing = try run(world, ["--mount", "./nothing:/x", "--json"], ["true"]).expecting(64)
                #expect(try missing.error["message"].string?.contains("./nothing") == true)
                _ = try run(world, ["--mount", "nothing"], ["true"]).expecting(64)
                _ = try run(world, ["--as", "a b"], ["true"]).expecting(64)
                _ = try world.envsnap("run", "base").expecting(64)
            }
        }

        @Test("files are copied in at their paths, and what becomes of them stays in the replay")
        func mounts() throws {
            try World.with("run-mount") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "base")
                try Command.script(
                    #"""
                    mkdir -p "$1/src/a folder"; echo text >"$1/src/a folder/file"; chmod 750 "$1/src/a folder/file"
                    ln -s nowhere "$1/src/link"; echo alone >"$1/alone: one"
                    """#, world.folder)
                let mounts = ["--mount", "./src:/deep/er/src", "--mount", "./alone: one:/srv/bind/alone"]
                let script = """
                    cat '/deep/er/src/a folder/file' /srv/bind/alone; stat -c %a '/deep/er/src/a folder/file'
                    readlink /deep/er/src/link; echo changed >'/deep/er/src/a folder/file'
                    """
                let outcome = try run(world, mounts + ["--host", "box"], ["sh", "-c", script]).expecting(0)
                #expect(outcome.output == "text\nalone\n750\nnowhere\n")
                let kept = try String(contentsOfFile: "\(world.folder)/src/a folder/file", encoding: .utf8)
                #expect(kept == "text\n")
                let capsule = try run(world, ["--mount", "src:\(project.folder)/bind"], ["ls", "bind"]).expecting(0)
                #expect(capsule.output == "a folder\nlink\n")
            }
        }

        @Test("a failed run is kept where that was asked for, and captured with the command as its probe")
        func failures() throws {
            try World.with("run-fail") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "base")
                try project.remove()
                let replay = "\(world.name)-kept"
                world.takeDownAtEnd(replay)
                let outcome = try run(
                    world, ["--host", "box", "--as", replay, "--keep-on-failure", "--capture-on-failure"],
                    ["sh", "-c", "echo x >/srv/bind/made; test ! -e /srv/bind/made"]
                ).expecting(1)
                #expect(outcome.errors.contains("kept the replay \(replay): envsnap shell \(replay) box"))
                #expect(outcome.errors.contains("envsnap down \(replay)"))
                #expect(outcome.errors.contains("captured as base-failed"))
                let inside = try world.envsnap("exec", replay, "box", "--", "cat", "/srv/bind/made").expecting(0)
                #expect(inside.output == "x\n")
                _ = try world.envsnap("down", replay).expecting(0)

                let document = try world.document("base-failed")
                #expect(document["message"].string?.contains("ended with status 1 in box") == true)
                #expect(document["probes"][0]["container"] == "box")
                #expect(document["probes"][0]["result"]["exitStatus"] == 1)
                let replayed = try world.replay("base-failed", as: world.name).data
                #expect(replayed["verdict"]["exact"] == true)
                #expect(replayed["probes"][0]["reproduced"] == true)
                let found = try world.envsnap("exec", world.name, "box", "--", "cat", "/srv/bind/made").expecting(0)
                #expect(found.output == "x\n", "the snapshot of the failure lacks what the command had done")
                let again = try run(world, ["--host", "box", "--keep-on-failure", "--as", replay], ["true"])
                _ = try again.expecting(0)
                #expect(try world.envsnap("ps", "--json").expecting(0).data.array?.count == 1)
            }
        }

        @Test("a signal ends the command and removes the replay", arguments: [SIGINT, SIGTERM])
        func signal(signal: Int32) throws {
            try World.with("run-signal") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "base")
                let listing = try EngineListing()
                let run = try world.start(
                    "run", "base", "--capsule-image", Settings.hostImage, "--progress", "none", "--host", "box", "--",
                    "sh", "-c", "echo begun >&2; exec sleep 600")
                for _ in 0..<600 where run.isRunning && !run.errorOutput.contains("begun") { usleep(100_000) }
                kill(run.id, signal)
                let outcome = try run.finish(within: 60)
                #expect(outcome.status == 130, "\(outcome)")
                #expect(outcome.errors.contains("interrupted"))
                try EngineListing.expectNoChange(since: listing, "an interrupted run left something")
                #expect(try world.envsnap("ps", "--json").expecting(0).data.isEmpty)
            }
        }

        @Test("a reader that has enough ends a run quietly")
        func enough() throws {
            try World.with("run-pipe") { world in
                let project = try Project.small(world)
                try world.capture(project.name, as: "base")
                let listing = try EngineListing()
                let text = try Command.script(
                    #"""
                    set +o pipefail
                    ENVSNAP_STORE=$2 "$1" run base --capsule-image "$3" --progress none --host box -- yes 2>"$4/errors" | head -1
                    cat "$4/errors"
                    """#, Settings.binary, world.store, Settings.hostImage, world.folder)
                // Warnings of compose versions may follow.
                #expect(text.hasPrefix("y\n") && !text.contains("error:"), "\(text)")
                // The pipe's reader does not wait for what is removed behind it.
                for _ in 0..<100 {
                    if try world.envsnap("ps", "--json").expecting(0).data.isEmpty { break }
                    usleep(200_000)
                }
                try EngineListing.expectNoChange(since: listing, "a run left something")
            }
        }
    }
}
