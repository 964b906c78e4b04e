// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension IntegrationTests {
    @Suite("Completion") struct CompletionTests {
        /// What is typed, and the words after Tab was pressed.
        private static let lines: [(typed: String, words: [String])] = [
            ("envsnap repl", ["replay"]),
            ("envsnap show ref", ["show", "reference"]),
            ("envsnap show 3e5c", ["show", "3e5cc52b39d6"]),
            ("envsnap verify sta", ["verify", "standing"]),
            ("envsnap exec standing a", ["exec", "standing", "app"]),
            ("envsnap diff reference stan", ["diff", "reference", "standing"]),
            ("envsnap export reference --since re", ["export", "reference", "--since", "reference"]),
            ("envsnap forget --project envsnap-r", ["forget", "--project", "envsnap-reference"]),
            ("envsnap replay ref", ["replay", "reference"]),
            ("envsnap run reference --host a", ["run", "reference", "--host", "app"]),
            ("envsnap logs standing a", ["logs", "standing", "app"]),
            ("envsnap replay reference --allow ns", ["replay", "reference", "--allow", "ns:pid=app"]),
            ("envsnap report reference --format ht", ["report", "reference", "--format", "html"]),
        ]

        private static let shells = ["bash", "zsh", "fish"]

        /// Types lines in each of the shells, side by side; what each printed.
        private static func press(_ lines: [String], in world: World, path: String) throws -> [(String, Outcome)] {
            let running = try shells.map { shell in
                try Command(
                    ["\(Settings.tools)/lib/press-tab", shell] + lines,
                    environment: ["PATH": path, "ENVSNAP_STORE": world.store], folder: world.folder)
            }
            return try zip(shells, running).map { ($0, try $1.finish(within: 120).expecting(0)) }
        }

        @Test("shells in a terminal complete verbs, snapshots, replays, paths and powers")
        func shells() throws {
            try World.with("tab") { world in
                let path = try Self.prepare(world)
                let expected = Self.lines.map { (["envsnap"] + $0.words).map { "<\($0)>" }.joined() }
                for (shell, outcome) in try Self.press(Self.lines.map { $0.typed }, in: world, path: path) {
                    #expect(outcome.output.split(separator: "\n").map(String.init) == expected, "\(shell)")
                }
            }
        }

        @Test("a name that is a command is not run by a shell that completes it")
        func hostileNames() throws {
            try World.with("tab") { world in
                let path = try Self.prepare(world)
                try world.catalogue("UPDATE snapshot SET name = '$(touch \(world.folder)/made)'")
                try Data().write(to: URL(filePath: "\(world.folder)/`touch made`.envsnap"))
                _ = try Self.press(["envsnap show ", "envsnap show 3e5c"], in: world, path: path)
                #expect(!FileManager.default.fileExists(atPath: "\(world.folder)/made"))
            }
        }

        @Test("nothing is made, printed or waited for where there is no store, and none of a newer version is touched")
        func silence() throws {
            try World.with("tab") { world in
                func ask(_ words: String...) throws -> Outcome {
                    try Command.outcome(
                        [Settings.binary, "---completion"] + words,
                        environment: ["ENVSNAP_STORE": world.store, "SAP_SHELL": "bash"], within: 5)
                }
                for verb in ["export", "verify", "rm"] {
                    let outcome = try ask(verb, "--", "positional@0", "2", "0", "envsnap", verb, "").expecting(0)
                    #expect(outcome.errors.isEmpty && outcome.output.filter { !$0.isNewline }.isEmpty, "\(outcome)")
                }
                #expect(!FileManager.default.fileExists(atPath: world.store))
                _ = try Self.prepare(world)
                try world.catalogue("PRAGMA user_version = 99")
                let outcome = try ask("show", "--", "positional@0", "2", "0", "envsnap", "show", "").expecting(0)
                #expect(outcome.errors.isEmpty && !outcome.output.contains("reference"), "\(outcome)")
            }
        }

        @Test("projects are those of the engine; one that does not answer is not waited for")
        func projects() throws {
            try World.with("tab") { world in
                let project = try Project.small(world)
                func answer(_ environment: [String: String], _ words: [String]) throws -> [String] {
                    try Command.outcome(
                        [Settings.binary, "---completion"] + words, environment: environment, folder: world.folder,
                        within: 5
                    ).expecting(0).output.split(separator: "\n").map(String.init)
                }
                func offered(_ environment: [String: String]) throws -> [String] {
                    try answer(environment, ["capture", "--", "positional@0", "2", "0", "envsnap", "capture", ""])
                }
                #expect(try offered([:]).contains(project.name))
                for (verb, words) in [
                    ("capture", [project.name]), ("load", ["--project", project.name]), ("up", [project.folder]),
                ] {
                    func hosts(_ environment: [String: String]) throws -> [String] {
                        let line = ["envsnap", verb] + words + ["--host", ""]
                        return try answer(environment, [verb, "--", "--host", String(line.count - 1), "0"] + line)
                    }
                    #expect(try hosts([:]) == ["box"], "\(verb)")
                    #expect(try hosts(["DOCKER_HOST": "unix:///nowhere"]).isEmpty, "\(verb)")
                }
                #expect(try !offered(["DOCKER_HOST": "unix:///nowhere"]).contains(project.name))
                // An address at which something listens, and says nothing.
                let listen =
                    "import socket, sys, time; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen(); "
                    + "time.sleep(60)"
                let mute = try Command(["python3", "-c", listen, "\(world.folder)/mute.sock"])
                world.cleanUp("what listens") {
                    kill(mute.id, SIGKILL)
                    _ = try mute.finish(within: 5)
                }
                while !FileManager.default.fileExists(atPath: "\(world.folder)/mute.sock") { usleep(10_000) }
                #expect(try !offered(["DOCKER_HOST": "unix://\(world.folder)/mute.sock"]).contains(project.name))
            }
        }

        /// A store with a snapshot and a replay, and a path on which the program is found.
        private static func prepare(_ world: World) throws -> String {
            let snapshots = URL(filePath: Settings.tools).deletingLastPathComponent().path + "/snapshots"
            try Command.run("cp", "-r", "\(snapshots)/v2", world.store)
            try Command.run("chmod", "-R", "u+w,go=", world.store)
            // Opened once, it is migrated to the newest version.
            _ = try world.envsnap("ls").expecting(0)
            try world.catalogue(
                """
                INSERT INTO replay SELECT 'standing', id, '2026-11-01T10:00:00Z', 'capsule', 'unix:///nowhere', 'running',
                'c0ffee', '{}' FROM snapshot WHERE name = 'reference'
                """)
            // As if it had come from elsewhere, and asked for something.
            try world.catalogue(
                "INSERT INTO snapshot_origin SELECT number, 'imported', 'x', '2026-11-01T10:00:00Z' FROM snapshot")
            try Command.script(#"sed -i 's/"PidMode":""/"PidMode":"host"/' "$1"/snapshots/*.json"#, world.store)
            let programs = "\(world.folder)/programs"
            try Command.run("mkdir", "-p", programs)
            try Command.run("ln", "-sf", Settings.binary, "\(programs)/envsnap")
            return programs + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        }
    }
}
