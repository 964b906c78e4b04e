// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSONTree
import Testing

extension IntegrationTests {
    @Suite("Probes") struct ProbeTests {
        @Test("outcomes are recorded, a replay reproduces them, and what was changed in it does not")
        func roundTrip() throws {
            try World.with("probe") { world in
                let project = try Project.small(world)
                try Data("one\n".utf8).write(to: URL(filePath: "\(project.folder)/bind/conf"))
                let captured = try world.envsnap(
                    "capture", project.name, "--name", "before", "--json", "-q", "--probe-timeout", "3",
                    "--probe", "box: cat /srv/bind/conf && echo x >/srv/bind/made",
                    "--probe", "box: printf 'a\\033[31m' >&2; exit 7", "--probe", "box: echo $$; sleep 100",
                    "--probe", "box: yes | head -c 100000; test -e /srv/bind/made"
                ).expecting(0).data
                let probes = try #require(captured["probes"].array)
                #expect(probes.map { $0["container"] } == ["box", "box", "box", "box"])
                #expect(probes.map { $0["result"]["exitStatus"] } == [0, 7, .null, 0])
                #expect(probes[0]["result"]["stdout"]["text"] == "one\n")
                #expect(probes[1]["result"]["stderr"]["text"] == "a\u{1B}[31m")
                #expect(probes[2]["result"]["timedOut"] == true)
                #expect((3000..<20_000).contains(probes[2]["result"]["milliseconds"].int ?? 0))
                #expect(probes[3]["result"]["stdout"]["bytes"] == 100_000)
                #expect(probes[3]["result"]["stdout"]["cut"] == true)
                let left = try Command.run("docker", "top", try project.container("box"))
                #expect(!left.contains("sleep 100"), "what did not end in time still runs")
                let shown = try world.envsnap("show", "before").expecting(0).output
                #expect(shown.contains("\nprobes\n  box: cat /srv/bind/conf"))
                #expect(shown.contains("      | a\\u{1b}[31m"))
                #expect(!shown.contains("\u{1B}"))
                #expect(try world.envsnap("report", "before").expecting(0).output.contains("## Probes"))
                try project.remove()

                let replayed = try world.replay("before", as: world.name).data
                #expect(replayed["probes"].array?.map { $0["reproduced"] } == [true, true, true, true])
                #expect(replayed["verdict"]["exact"] == true)
                let text = try world.envsnap("verify", world.name, "-q").expecting(0).output
                #expect(text.contains("reproduced  box: printf 'a\\033[31m' >&2; exit 7: exit status 7"))

                _ = try world.envsnap("exec", world.name, "box", "--", "rm", "/srv/bind/conf").expecting(0)
                let changed = try world.envsnap("verify", world.name, "--json", "-q").expecting(3).data
                #expect(changed["exact"] == true)
                #expect(changed["probes"].array?.map { $0["reproduced"] }.first == false)
                #expect(changed["probes"][0]["found"]["exitStatus"] == 1)
                #expect(changed["probes"][0]["found"]["stderr"]["text"].string?.contains("No such file") == true)
                #expect(changed["probes"][0]["attempts"] == 1)
                let reset = try world.envsnap("reset", world.name, "--json", "-q").expecting(0).data
                #expect(reset["probes"].array?.map { $0["reproduced"] } == [true, true, true, true])
            }
        }

        @Test("a probe that cannot be run at all is an error before anything is captured; nothing stays paused")
        func impossible() throws {
            try World.with("no-probe") { world in
                let project = try Project.rich(world)
                let cases = [
                    ("nothing: true", "environment", "nothing"), ("box/app: true", "environment", "box"),
                    ("gone: true", "environment", "exited(3)"),
                ]
                for (probe, code, word) in cases {
                    let error = try world.envsnap("capture", project.name, "--probe", probe, "--json", "-q")
                        .expecting(1).error
                    #expect(error["code"].string == code)
                    #expect(error["message"].string?.contains(word) == true, "\(error)")
                }
                try Command.run("docker", "exec", try project.container("box"), "rm", "/bin/sh")
                let error = try world.envsnap("capture", project.name, "--probe", "box: true", "--json", "-q")
                    .expecting(1).error
                #expect(error["message"].string?.contains("no probe can be run in box") == true, "\(error)")
                #expect(error["hint"].string?.contains("shell") == true)
                #expect(try world.envsnap("ls", "--json").expecting(0).data.isEmpty)
                for probe in ["box", "box:", ": true"] {
                    _ = try world.envsnap("capture", project.name, "--probe", probe).expecting(64)
                }
                _ = try world.envsnap("capture", project.name, "--probe-timeout", "0").expecting(64)
            }
        }

        @Test("two snapshots differ where a probe ended otherwise")
        func difference() throws {
            try World.with("probe-diff") { world in
                let project = try Project.small(world)
                let probe = "box: test -e /srv/bind/x"
                for name in ["one", "two", "three"] {
                    if name == "three" { try Data().write(to: URL(filePath: "\(project.folder)/bind/x")) }
                    _ = try world.envsnap("capture", project.name, "--name", name, "--probe", probe, "-q").expecting(0)
                }
                _ = try world.envsnap("diff", "one", "two", "-q").expecting(0)
                let data = try world.envsnap("diff", "two", "three", "--json", "-q").expecting(3).data
                #expect(
                    data["different"] == [
                        [
                            "object": .string("probe \(probe)"), "field": "result", "captured": "exit status 1",
                            "found": "exit status 0",
                        ]
                    ])
                let lines = try world.envsnap("diff", "two", "three", "-q").expecting(3).output
                #expect(lines.contains("exit status 1 → exit status 0"))
            }
        }
    }
}
