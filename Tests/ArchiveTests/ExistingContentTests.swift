// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

/// What becomes of a folder's content that was there before.
@Suite(.enabled(if: geteuid() == 0)) struct ExistingContentTests {
    private let scratch: Scratch
    private let root: String

    init() throws {
        scratch = try Scratch()
        root = try scratch.folder("root")
        try Shell.run("sh", "-c", "mkdir outside; printf secret > outside/victim", in: scratch.path)
    }

    private static func entry(_ path: String, _ kind: ArchiveEntry.Kind, mode: UInt32 = 0o755) -> ArchiveEntry {
        ArchiveEntry(path: Array(path.utf8), kind: kind, mode: mode, modified: Timestamp(seconds: 99))
    }

    private func shell(_ script: String, in folder: String? = nil) throws -> [String] {
        String(decoding: try Shell.run("sh", "-ec", script, in: folder ?? root), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    private var outside: [String] {
        get throws { try shell("find outside -printf '%P %m %s\\n' | sort; cat outside/victim", in: scratch.path) }
    }

    private let running = TreeExtractor.Options.ownSnapshotBesideRunning
    private let upper = TreeExtractor.Options.upperLayer

    @Test func `what is missing is added, and what is there stays as it is`() throws {
        _ = try shell(
            """
            mkdir kept; printf mine > kept/file; printf mine > file; ln -s nowhere link; mkfifo pipe
            chmod 711 .; touch -d @5 kept/file file .
            """)
        try extract(
            try archive([
                Self.entry(".", .directory, mode: 0o777), Self.entry("file", .file(size: 4)),
                Self.entry("kept", .directory), Self.entry("kept/file", .file(size: 9)),
                Self.entry("kept/new", .file(size: 2), mode: 0o640), Self.entry("link", .symbolicLink(target: [0x78])),
                Self.entry("pipe", .fifo), Self.entry("made", .directory, mode: 0o700),
                Self.entry("made/hard", .hardLink(target: Array("kept/new".utf8))),
            ]), to: root, options: running)
        #expect(try shell("cat kept/file file; echo; readlink link") == ["minemine", "nowhere"])
        #expect(try shell("stat -c '%n %m %Y' kept/file file | cut -d' ' -f1,3") == ["kept/file 5", "file 5"])
        #expect(
            try shell("stat -c '%n %a %h' kept/new made/hard; stat -c '%n %a' made .")
                == ["kept/new 640 2", "made/hard 640 2", "made 700", ". 711"])
    }

    @Test func `a name that is needed gives way, and others stay`() throws {
        _ = try shell(
            """
            mkdir -p a/deep b c; touch a/deep/file b/stays; printf old > file; ln file other
            printf old > c/file; ln -s nowhere link
            """)
        try extract(
            try archive([
                Self.entry("a", .file(size: 1)), Self.entry("b", .directory, mode: 0o700),
                Self.entry("c", .symbolicLink(target: Array("b".utf8))), Self.entry("file", .directory),
                Self.entry("link", .file(size: 3)),
            ]), to: root, options: upper)
        #expect(
            try shell("find . -mindepth 1 -printf '%P %y %m\\n' | sort") == [
                "a f 755", "b d 700", "b/stays f 644", "c l 777", "file d 755", "link f 755", "other f 644",
            ])
        #expect(try shell("cat other; echo; cat link") == ["old", "xxx"])
    }

    @Test func `a file that gives way keeps its content under its other name`() throws {
        _ = try shell("printf old > file; ln file other")
        try extract(try archive([Self.entry("file", .file(size: 3))]), to: root, options: upper)
        #expect(try shell("cat file; echo; cat other") == ["xxx", "old"])
    }

    @Test func `a symbolic link out of the root is replaced and never followed`() throws {
        let before = try outside
        _ = try shell("ln -s ../outside folder; ln -s ../outside/victim file")
        try extract(
            try archive([
                Self.entry("file", .file(size: 4)), Self.entry("folder", .directory),
                Self.entry("folder/victim", .file(size: 4)),
            ]), to: root, options: upper)
        #expect(try shell("find . -mindepth 1 -printf '%P %y\\n' | sort") == ["file f", "folder d", "folder/victim f"])
        #expect(try outside == before)
    }

    @Test func `beside a running program a symbolic link is not followed`() throws {
        let before = try outside
        _ = try shell("ln -s ../outside folder; ln -s ../outside/new file")
        _ = code {
            try extract(
                try archive([
                    Self.entry("file", .file(size: 4)), Self.entry("folder", .directory, mode: 0o700),
                    Self.entry("folder/new", .file(size: 4)),
                ]), to: root, options: running)
        }
        #expect(try outside == before)
    }

    @Test func `a hard link to what gave way is a link to what took its place`() throws {
        _ = try shell("printf old > file; printf old > hard")
        try extract(
            try archive([Self.entry("file", .file(size: 3)), Self.entry("hard", .hardLink(target: Array("file".utf8)))]
            ),
            to: root, options: upper)
        #expect(try shell("stat -c %h file; cat hard") == ["2", "xxx"])
    }
}
