// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

/// Trees that are changed and put back.
@Suite(.enabled(if: geteuid() == 0)) struct TreeChangesTests {
    private static let tree = """
        mkdir -p a/b c data/root/deep; printf one > a/b/one; printf two > a/two; ln a/two hard; ln -s two a/link
        printf same > c/f; printf SAME > a/f; mkfifo pipe; printf x > data/x; printf live > data/root/live
        setfattr -n user.k -v v a/two; setfacl -m u:7:rwx c; printf 5 > many; chmod 4755 many; chown 7:8 many
        find . -exec touch -h -d '2001-02-03 04:05:06.123456789Z' {} +; touch -h -d @9 a/link
        """
    private let scratch: Scratch
    private let root: String

    init() throws {
        scratch = try Scratch()
        root = try scratch.folder("root")
    }

    private func options(without excluded: [String]) -> TreePacker.Options {
        .init(mounts: .cross, exclusions: excluded.map { .init(path: Array($0.utf8), keeps: .folder) })
    }

    private func opened<Result>(_ body: (FileDescriptor) throws -> Result) throws -> Result {
        let folder = try FileDescriptor.open(FilePath(root), .readOnly)
        return try folder.closeAfter { try body(folder) }
    }

    private func stamps(without excluded: [String] = []) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try opened { try TreeStamps.write($0, options: options(without: excluded)) { bytes += Array($0) } }
        return bytes
    }

    /// What was touched since; with nil everything.
    private func changes(since stamps: [UInt8]?, without excluded: [String] = []) throws -> TreeChanges {
        try opened { folder in
            guard let stamps else { return try TreeStamps.everything(in: folder, options: options(without: excluded)) }
            var rest = stamps[...]
            return try TreeStamps.changes(in: folder, options: options(without: excluded)) { buffer in
                // In small pieces, so that they break in the middle of stamps.
                let piece = rest.prefix(min(buffer.count, 100))
                rest = rest.dropFirst(piece.count)
                buffer.copyBytes(from: piece)
                return piece.count
            }
        }
    }

    private func revert(_ changes: TreeChanges, to archive: [UInt8]) throws {
        var rest = archive[...]
        let reader = try PaxReader(source: { buffer in
            let piece = rest.prefix(buffer.count)
            rest = rest.dropFirst(piece.count)
            buffer.copyBytes(from: piece)
            return piece.count
        })
        try opened { root in
            var options = TreeExtractor.Options.ownSnapshot
            options.existing = try changes.removeForeign(in: root)
            _ = try TreeExtractor(options: options).extract(reader, into: root)
        }
    }

    /// A tree that is done, with its archive and what GNU tools say of it.
    private func make(without excluded: [String] = []) throws -> (archive: [UInt8], before: TreeManifest) {
        try Shell.run("sh", "-ec", Self.tree, in: root)
        var summary = PackSummary()
        let archive = try pack(root, options: options(without: excluded), summary: &summary)
        return (archive, try TreeManifest(root))
    }

    /// Runs a script one tick of the kernel's clock later, so that the change time can differ.
    private func change(_ script: String) throws {
        try Shell.run("sh", "-ec", "sleep 0.05; \(script)", in: root)
    }

    static let scripts = [
        "printf TWO | dd of=a/two conv=notrunc 2>/dev/null; touch -d '2001-02-03 04:05:06.123456789Z' a/two",
        "chmod 600 a/two", "chown 9 many", "rm hard", "rm -r a", "rm many; mkdir many; touch many/x",
        "mv a t; mv c a; mv t c", "rm -r c; printf file > c", "setfattr -n user.other -v v a/b",
        "setfattr -x user.k a/two", "setfacl -d -m u:9:rwx a/b; printf new > a/b/new; rm a/b/one",
        "setfacl -b c", "ln -sfn elsewhere a/link", "ln a/b/one another", "cp -p a/b/one t; mv t a/b/one",
        "mkdir -p new/deep; printf x > new/deep/x", "rm pipe; mkfifo pipe2", "touch .", "chmod 700 .; chown 3 .",
        "mkdir a.b; touch a.b/x a-b", "rm -rf ./*",
        "mkdir t; mv a/b t; rmdir t/b 2>/dev/null || mv t/b a/b; rmdir t",
    ]

    @Test(arguments: scripts) func `whatever was changed is put back`(_ script: String) throws {
        let (archive, before) = try make()
        let stamps = try stamps()
        #expect(try changes(since: stamps).isEmpty)
        try change(script)
        let changes = try changes(since: stamps)
        #expect(!changes.isEmpty)
        try revert(changes, to: archive)
        #expect(try TreeManifest(root) == before)
    }

    @Test(arguments: scripts) func `without stamps everything is put back`(_ script: String) throws {
        let (archive, before) = try make()
        try change(script)
        try revert(try changes(since: nil), to: archive)
        #expect(try TreeManifest(root) == before)
    }

    @Test func `what was not touched is not written`() throws {
        let (archive, _) = try make()
        let stamps = try stamps()
        func inodes() throws -> [UInt8] { try Shell.run("stat", "-c", "%i %Z", "a/b/one", "c/f", "a/f", in: root) }
        let before = try inodes()
        try change("printf more >> a/two; rm many; touch new")
        try revert(try changes(since: stamps), to: archive)
        #expect(try inodes() == before)
    }

    @Test(arguments: [false, true]) func `what is left out stays, and the folders above it`(_ isKnown: Bool) throws {
        let excluded = ["data/root"]
        let (archive, _) = try make(without: excluded)
        let stamps = isKnown ? try stamps(without: excluded) : nil
        try change("printf more >> data/root/live; rm -r data/root/deep; touch data/root/new; rm data/x; touch data/y")
        try revert(try changes(since: stamps, without: excluded), to: archive)
        let found = String(
            decoding: try Shell.run("sh", "-c", "cd data; ls . root; cat x root/live", in: root), as: UTF8.self)
        #expect(found == ".:\nroot\nx\n\nroot:\nlive\nnew\nxlivemore")
    }

    @Test func `a folder that was left out and is gone comes back empty`() throws {
        let (archive, _) = try make(without: ["data/root"])
        let stamps = try stamps(without: ["data/root"])
        try change("rm -r data")
        try revert(try changes(since: stamps, without: ["data/root"]), to: archive)
        #expect(try Shell.run("sh", "-c", "ls data; ls data/root", in: root) == Array("root\nx\n".utf8))
    }

    @Test(arguments: [
        ("touch a/t; rm a/t", false), ("touch c", false), ("chmod 700 a/b", true), ("chown 9 c", true),
        ("touch a/new", true), ("touch a/two", true), ("rm pipe", true), ("rm -r c; mkdir c", true),
    ]) func `the times of folders alone are told from other changes`(_ script: String, _ isMore: Bool) throws {
        _ = try make()
        let stamps = try stamps()
        try change(script)
        let changes = try changes(since: stamps)
        #expect(!changes.isEmpty)
        #expect(changes.isMoreThanTimesOfFolders == isMore)
    }

    @Test func `stamps that were cut are recognised`() throws {
        _ = try make()
        let stamps = try stamps()
        for count in [0, 10, stamps.count / 2, stamps.count - 1] {
            let error = #expect(throws: ArchiveError.self) { try changes(since: Array(stamps.prefix(count))) }
            #expect(error?.code == .damaged)
        }
    }

    @Test func `a single file is touched or not`() throws {
        try Shell.run("sh", "-c", "printf one > file", in: scratch.path)
        func look(_ stamps: [UInt8]?) throws -> (stamps: [UInt8], isEmpty: Bool?) {
            let file = try FileDescriptor.open(FilePath(scratch.file("file")), .readOnly)
            return try file.closeAfter {
                var bytes: [UInt8] = []
                try TreeStamps.write(file, options: .init()) { bytes += Array($0) }
                guard var rest = stamps?[...] else { return (bytes, nil) }
                let changes = try TreeStamps.changes(in: file, options: .init()) { buffer in
                    defer { rest = [] }
                    buffer.copyBytes(from: rest)
                    return rest.count
                }
                return (bytes, changes.isEmpty)
            }
        }
        let first = try look(nil).stamps
        #expect(try look(first).isEmpty == true)
        try Shell.run("sh", "-c", "sleep 0.05; touch -d @5 file", in: scratch.path)
        #expect(try look(first).isEmpty == false)
    }
}
