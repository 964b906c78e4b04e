// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Foundation
import Snapshots
import TestSupport
import Testing

@testable import Commands

/// What is offered of the reference snapshot and a folder; the shells themselves are tried in the integration tests.
@Suite struct CompletionTests {
    private let folder: TemporaryFolder
    private let store: String

    init() throws {
        folder = try TemporaryFolder()
        store = folder.path("store")
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        try Tool.run("cp", "-r", root.appending(path: "snapshots/v2").path, store)
        try Tool.run("chmod", "-R", "u+w,go=", store)
    }

    private func source(_ words: String...) -> CompletionSource {
        CompletionSource(words: words, environment: ["ENVSNAP_STORE": store], workingDirectory: folder.path)
    }

    private func migrate() throws {
        let library = try CommandContext(GlobalOptions.parse(["--store", store])).openLibrary()
        #expect(try library.snapshots().count == 1)
    }

    @Test func `an older store is left as it is`() throws {
        #expect(source("envsnap", "show").snapshots("").isEmpty)
        try migrate()
        #expect(source("envsnap", "show").snapshots("") == ["reference"])
    }

    @Test func `ids are offered once one is begun`() throws {
        try migrate()
        #expect(source("envsnap", "show").snapshots("3e5") == ["reference", "3e5cc52b39d6"])
        #expect(source("envsnap", "show").snapshots("ref") == ["reference"])
    }

    @Test(arguments: [["--store", "X"], ["--store=X"], ["--store", "'X'"]])
    func `the store is the one that the line names`(_ words: [String]) throws {
        try migrate()
        let words = ["envsnap"] + words.map { $0.replacing("X", with: store) } + ["show"]
        let source = CompletionSource(words: words, environment: ["ENVSNAP_STORE": "/nowhere"])
        #expect(source.snapshots("") == ["reference"])
    }

    @Test func `containers are those of the snapshot that is named`() throws {
        try migrate()
        #expect(source("envsnap", "replay", "reference", "--publish").pathsInSnapshot() == ["app"])
        #expect(source("envsnap", "replay", "other", "--publish").pathsInSnapshot().isEmpty)
        #expect(source("envsnap", "exec", "reference").pathsInReplay().isEmpty)
    }

    @Test func `powers are those that a snapshot from elsewhere asks for, without what is allowed already`() throws {
        try migrate()
        let document = try #require(
            try FileManager.default.contentsOfDirectory(atPath: store + "/snapshots").first, "no document")
        // A catalogue is only read here, and so is a document that nobody verifies.
        try Tool.run(
            "sed", "-i", #"s/"CapAdd":null/"CapAdd":["NET_ADMIN"]/; s/"PidMode":""/"PidMode":"host"/"#,
            "\(store)/snapshots/\(document)")
        #expect(source("envsnap", "replay", "reference", "--allow").powers().isEmpty, "it was captured here")
        try Tool.run(
            "sqlite3", "\(store)/catalogue.sqlite",
            "INSERT INTO snapshot_origin SELECT number, 'imported', 'x', '2026-11-01T10:00:00Z' FROM snapshot")
        #expect(
            source("envsnap", "replay", "reference", "--allow").powers() == ["cap:NET_ADMIN=app", "ns:pid=app"])
        #expect(
            source("envsnap", "bisect", "x", "reference", "--allow", "ns:pid=app", "--allow").powers()
                == ["cap:NET_ADMIN=app"])
        let direct = source("envsnap", "replay", "--direct", "reference", "--allow").powers()
        #expect(direct.contains("ns:pid=app") && direct.count > 2)
        #expect(source("envsnap", "replay", "other", "--allow").powers().isEmpty)
    }

    @Test func `no word is offered that a shell would do more with than take it`() {
        let names = ["plain", "a/b-c_d.e", "ns:pid=app", "zwölf", "zwei Worte", "50%"]
        #expect(ShellWord.offered(names, to: .bash) == names)
        #expect(ShellWord.offered(["ns:pid=app"], to: .zsh) == [#"ns\:pid=app"#])
        let hostile = [
            "$(touch /tmp/x)", "`id`", "a;b", "a&b", "a|b", "a>b", "a\nb", "a\tb", "a'b", "a\"b", #"a\b"#, "*", "a?",
            "[a]",
            "~root", "{a,b}", "!1", "#a", "\u{1B}[31m", "a\u{202E}b", "\u{0}", "",
        ]
        #expect(ShellWord.offered(hostile, to: .bash).isEmpty)
    }

    @Test func `bundles and folders are found where the path leads`() throws {
        try folder.write("x", to: "bundles/before.envsnap")
        try folder.write("x", to: "bundles/notes.txt")
        try folder.write("x", to: ".hidden/x")
        #expect(source("envsnap", "show").bundles("") == ["bundles/", "store/"])
        #expect(source("envsnap", "show").bundles("bundles/b") == ["bundles/before.envsnap"])
        #expect(
            source("envsnap", "show").folders(folder.path + "/bun") == [
                folder.path + "/bundles/", folder.path + "/store/",
            ])
        #expect(source("envsnap", "show").bundles(".h") == [".hidden/", "bundles/", "store/"])
        #expect(source("envsnap", "show").bundles("missing/").isEmpty)
    }
}
