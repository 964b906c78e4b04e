// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

/// The names by which layers of images delete what lies below them.
@Suite(.enabled(if: geteuid() == 0)) struct WhiteoutTests {
    private let scratch: Scratch
    private let root: String

    init() throws {
        scratch = try Scratch()
        root = try scratch.folder("root")
        try Shell.run("sh", "-c", "printf secret > ../victim", in: root)
    }

    private static func file(_ path: String) -> ArchiveEntry {
        ArchiveEntry(path: Array(path.utf8), kind: .file(size: 4), mode: 0o644)
    }

    private static func mark(_ path: String) -> ArchiveEntry {
        ArchiveEntry(path: Array(path.utf8), kind: .file(size: 0), mode: 0o600)
    }

    private static func folder(_ path: String) -> ArchiveEntry {
        ArchiveEntry(path: Array(path.utf8), kind: .directory, mode: 0o755)
    }

    private func shell(_ script: String) throws -> [String] {
        String(decoding: try Shell.run("sh", "-ec", script, in: root), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }

    private var tree: [String] { get throws { try shell("find . -mindepth 1 | sort") } }

    @Test func `a name is deleted with all below it, and nothing stays in its place`() throws {
        _ = try shell("mkdir -p d/e; touch d/e/f file kept; ln -s ../victim link")
        try extract(
            try archive([Self.mark(".wh.d"), Self.mark(".wh.file"), Self.mark(".wh.link"), Self.mark(".wh.never")]),
            to: root, options: .upperLayer)
        #expect(try tree == ["./kept"])
        #expect(try Shell.run("cat", scratch.file("victim")) == Array("secret".utf8))
    }

    @Test func `what was deleted may be made again by the same layer`() throws {
        _ = try shell("mkdir d; touch d/old")
        try extract(
            try archive([Self.mark(".wh.d"), Self.folder("d"), Self.file("d/new")]), to: root, options: .upperLayer)
        #expect(try tree == ["./d", "./d/new"])
    }

    @Test func `an opaque folder loses what the layers below had in it`() throws {
        _ = try shell("mkdir -p d/e; touch d/old d/e/f beside")
        try extract(
            try archive([Self.folder("d"), Self.mark("d/.wh..wh..opq"), Self.file("d/new")]), to: root,
            options: .upperLayer)
        #expect(try tree == ["./beside", "./d", "./d/new"])
    }

    @Test func `an opaque mark behind other entries of its folder is refused, and nothing is lost`() throws {
        _ = try shell("mkdir d; touch d/old")
        let late = try archive([Self.folder("d"), Self.file("d/new"), Self.mark("d/.wh..wh..opq")])
        #expect(code { try extract(late, to: root, options: .upperLayer) } == .unsupported)
        #expect(try tree == ["./d", "./d/new", "./d/old"])
    }

    @Test func `in an overlay's folder the marks are those of overlayfs`() throws {
        try extract(
            try archive([
                Self.mark(".wh.gone"), Self.folder("d"), Self.file("d/new"), Self.mark("d/.wh..wh..opq"),
                Self.mark("d/.wh.old"),
            ]), to: root, options: .layer)
        #expect(try tree == ["./d", "./d/new", "./d/old", "./gone"])
        #expect(
            try shell("stat -c '%n %F %t:%T' gone d/old")
                == ["gone character special file 0:0", "d/old character special file 0:0"])
        #expect(try shell("getfattr --only-values -n trusted.overlay.opaque d") == ["y"])
        #expect(try shell("getfattr -n trusted.overlay.opaque . 2>&1 || true").first?.contains("No such") == true)
    }

    @Test(arguments: [TreeExtractor.Options.layer, .upperLayer])
    func `names of aufs' own are no deletions`(_ options: TreeExtractor.Options) throws {
        try extract(try archive([Self.mark(".wh..wh.aufs"), Self.mark(".wh..wh.plnk")]), to: root, options: options)
        #expect(try tree == [])
    }

    @Test func `without a meaning they are names like others`() throws {
        try extract(try archive([Self.mark(".wh.file"), Self.mark(".wh..wh..opq")]), to: root)
        #expect(try tree == ["./.wh..wh..opq", "./.wh.file"])
    }

    @Test(arguments: [".wh.", ".wh..", "d/.wh..", ".wh...", "d/.wh.", "d/.wh..."], [true, false])
    func `a mark that names nothing, or the folder above, is refused`(_ path: String, _ deletes: Bool) throws {
        let hostile = try archive([Self.folder("d"), Self.mark(path)])
        let options = deletes ? TreeExtractor.Options.upperLayer : .layer
        #expect(code { try extract(hostile, to: root, options: options) } == .unsafeEntry)
        #expect(try tree == ["./d"])
        #expect(try Shell.run("cat", scratch.file("victim")) == Array("secret".utf8))
    }

    @Test func `a mark behind a symbolic link deletes nothing`() throws {
        _ = try shell("ln -s .. out")
        let hostile = try archive([Self.mark("out/.wh.victim")])
        #expect(code { try extract(hostile, to: root, options: .upperLayer) } == .unsafeEntry)
        #expect(try Shell.run("cat", scratch.file("victim")) == Array("secret".utf8))
    }
}
