// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Inside a replay: exec, shell, logs, cp, env") struct InsideTests {
        @Test("shell, logs, cp and exec at every depth; docker and docker-compose on every engine of the replay")
        func everything() throws {
            try World.with("inside") { world in
                let project = try NestedProject(world).project
                try world.capture(project.name, as: "before")
                try world.replay("before", as: world.name)
                let ways = try Ways(world)
                // One replay for all: that of a host takes the longest by far. What fails leaves the others to be tried.
                for (name, step) in [
                    ("shells", { try shells(world) }), ("logs", { try logs(world) }),
                    ("copies", { try copies(world) }), ("commands", { try commands(world) }),
                    ("docker", { try ways.docker(project) }), ("the life of a way", { try ways.life() }),
                ] as [(String, () throws -> Void)] {
                    let start = ContinuousClock.now
                    do { try step() } catch { Issue.record(error, "\(name)") }
                    print("inside a replay: \(name) took \(ContinuousClock.now - start)")
                }
            }
        }

        private func type(_ world: World, _ keys: String, after text: String, _ arguments: String...) throws -> Outcome
        {
            try TypedTerminal.run(
                [Settings.binary] + arguments, typing: keys, after: text,
                environment: ["ENVSNAP_STORE": world.store, "TERM": "xterm"], folder: world.folder)
        }

        private func shells(_ world: World) throws {
            let deep = try type(
                world, "stty size; tty; echo $SHELL $TERM; exit 4\n", after: "# ", "shell", world.name, "corge/inner")
            #expect(deep.status == 4, "\(deep)")
            #expect(deep.output.contains("33 99") && deep.output.contains("/bin/sh xterm"), "\(deep)")
            let capsule = try type(
                world, "test -e docker-compose.yml && echo he''re\nexit\n", after: "# ", "shell", world.name)
            #expect(capsule.status == 0 && capsule.output.contains("here"), "\(capsule)")
            // Control-C is for the program there.
            let interrupted = try type(
                world, "\u{03}", after: "ready", "exec", world.name, "box", "--", "sh", "-c",
                "trap \"echo caught; exit 5\" INT; echo ready; sleep 20 & wait")
            #expect(interrupted.status == 5 && interrupted.output.contains("caught"), "\(interrupted)")
            let blind = try world.envsnap("shell", world.name, "box", "--json").expecting(64)
            #expect(try blind.error["code"] == "terminal")
        }

        private func logs(_ world: World) throws {
            let box = try world.envsnap("logs", world.name, "box").expecting(0)
            #expect(box.output == "first\n" && box.errors == "second\n")
            #expect(try world.envsnap("logs", world.name, "corge/inner").expecting(0).output == "deep\n")
            #expect(try world.envsnap("logs", world.name, "box", "--tail", "0").expecting(0).output.isEmpty)
            #expect(try world.envsnap("logs", world.name, "box", "--since", "1s").expecting(0).output.isEmpty)
            let timed = try world.envsnap("logs", world.name, "box", "-t", "--since", "2020-01-01T00:00:00Z")
            #expect(timed.output.hasPrefix("20") && timed.output.hasSuffix(" first\n"))
            #expect(try !world.envsnap("logs", world.name, ".", "--tail", "5").expecting(0).errors.isEmpty)
            _ = try world.envsnap("logs", world.name, "box", "--since", "yesterday").expecting(64)
            let unknown = try world.envsnap("logs", world.name, "corge/x", "--json").expecting(10)
            #expect(try unknown.error["code"] == "noSuchPath")
            let followed = try Command.script(
                #"""
                ENVSNAP_STORE=$2 "$1" logs "$3" box -f >"$4/followed" 2>&1 & follower=$!
                for i in $(seq 100); do test "$(wc -l <"$4/followed")" = 2 && break; sleep 0.1; done
                kill -0 $follower; kill $follower; wait $follower || echo $?; sort "$4/followed"
                """#, Settings.binary, world.store, world.name, world.folder)
            #expect(followed == "130\nfirst\nsecond\n")
        }

        private func copies(_ world: World) throws {
            let name = world.name
            func cp(_ arguments: String..., status: Int32 = 0) throws -> Outcome {
                try Command.outcome(
                    [Settings.binary, "cp"] + arguments, environment: ["ENVSNAP_STORE": world.store],
                    folder: world.folder
                ).expecting(status)
            }
            let make = #"""
                mkdir -p '/d/a folder'; echo text >'/d/a folder/file'; chown 1234:99 '/d/a folder/file'
                chmod 4755 '/d/a folder/file'; ln -s /etc/passwd /d/link; ln '/d/a folder/file' /d/hard
                printf x >"$(printf '/d/\377')"; chmod 2750 /d
                """#
            _ = try world.envsnap("exec", name, "corge/inner", "--", "sh", "-c", make).expecting(0)
            _ = try cp("\(name):corge/inner:/d", "fresh")
            let listed = try Command.script(
                #"""
                cd "$1"; stat -c '%n %a %u:%g %F' . 'a folder/file' link; test hard -ef 'a folder/file'
                cat 'a folder/file'; readlink link; ls | od -c | grep -c 377
                """#, "\(world.folder)/fresh")
            #expect(
                listed == """
                    . 750 0:0 directory
                    a folder/file 755 0:0 regular file
                    link 777 0:0 symbolic link
                    text
                    /etc/passwd
                    1

                    """)
            _ = try cp("\(name):corge/inner:/d", "fresh")
            #expect(FileManager.default.fileExists(atPath: "\(world.folder)/fresh/d/hard"))
            _ = try cp("\(name):corge/inner:/d/.", "plain", "--archive")
            #expect(
                try Command.run("stat", "-c", "%a %u:%g", "\(world.folder)/plain/a folder/file") == "4755 1234:99")
            _ = try cp("\(name):corge/inner:/d/hard", "fresh/hard")
            _ = try cp("\(name):corge/inner:/d/hard", "other name")
            _ = try cp("\(name):corge/inner:/d/link", "outside")
            #expect(try Command.run("readlink", "\(world.folder)/outside") == "/etc/passwd")

            // Not through a link that is there.
            try Command.script(#"mkdir "$1/trap" "$1/target"; ln -s "$1/target" "$1/trap/d""#, world.folder)
            _ = try cp("\(name):corge/inner:/d", "trap")
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(world.folder)/target").isEmpty)

            _ = try cp("plain", "\(name):box:/back")
            _ = try cp("other name", "\(name):box:/back/a folder")
            _ = try cp("plain/.", "\(name):.:/tmp/new")
            let back = try world.envsnap("exec", name, "box", "--", "ls", "-1", "/back", "/back/a folder").expecting(0)
            #expect(back.output.contains("hard\n") && back.output.contains("other name\n"), "\(back)")
            #expect(try world.envsnap("exec", name, ".", "--", "ls", "/tmp/new").expecting(0).output.contains("hard"))

            _ = try world.envsnap("exec", name, "box", "--", "mknod", "/zero", "c", "1", "5").expecting(0)
            for (arguments, word) in [
                (["\(name):box:/nothing", "x"], "/nothing"), (["\(name):box:/back", "plain/hard"], "no folder"),
                (["\(name):box:/back", "no/where"], "no folder"), (["nothing", "\(name):box:/x"], "nothing"),
                (["plain", "\(name):box:/no/where"], "/no"), (["\(name):box:/zero", "zero"], "device"),
            ] {
                let outcome = try Command.outcome(
                    [Settings.binary, "cp"] + arguments, environment: ["ENVSNAP_STORE": world.store],
                    folder: world.folder)
                #expect(outcome.status == 1 && outcome.errors.contains(word), "\(outcome)")
            }
            _ = try cp("a", "b", status: 64)
            _ = try cp("\(name):box:/a", "\(name):box:/b", status: 64)
            let left = try FileManager.default.contentsOfDirectory(atPath: world.folder)
            #expect(!left.contains { $0.hasPrefix(".envsnap") }, "\(left)")
        }

        private func commands(_ world: World) throws {
            let none = try world.envsnap("exec", world.name, "corge/inner", "--json", "--", "no-such-command")
                .expecting(127)
            #expect(try none.error["code"] == "noCommand")
            _ = try world.envsnap("exec", world.name, "box", "--", "/etc/passwd").expecting(126)
            // A command that ends does not wait for the end of an input that it does not read.
            let quick = try Command.script(
                #"""
                mkfifo "$4/fifo"; sleep 60 >"$4/fifo" & sleeper=$!
                ENVSNAP_STORE=$2 timeout 30 "$1" exec "$3" box -- echo done <"$4/fifo"; kill -9 $sleeper
                """#, Settings.binary, world.store, world.name, world.folder)
            #expect(quick == "done\n")
        }
    }
}
