// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

/// The classes of attacks on extractors; nothing of any of them may reach the folder beside the root.
@Suite("Hostile archives are refused")
struct HostileArchiveTests {
    /// Extracts into `scratch/root`, and checks that only that folder differs afterwards.
    private func refuses(
        _ bytes: [UInt8], as expected: ArchiveError.Code, options: TreeExtractor.Options = .ownSnapshot,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let scratch = try Scratch()
        let root = try scratch.folder("outer/root")
        try Shell.run("sh", "-c", "printf secret >victim; mkdir folder; ln -s /etc link", in: scratch.file("outer"))
        let look = "find . -path ./root -prune -o -printf '%P %i %n %m %U %T@ %s\\n' | sort"
        let before = try Shell.run("sh", "-c", look, in: scratch.file("outer"))
        #expect(code { try extract(bytes, to: root, options: options) } == expected, sourceLocation: location)
        #expect(try Shell.run("sh", "-c", look, in: scratch.file("outer")) == before, sourceLocation: location)
    }

    private func file(_ path: String) -> ArchiveEntry {
        ArchiveEntry(path: Array(path.utf8), kind: .file(size: 4), mode: 0o644)
    }

    private func entry(_ path: String, _ kind: ArchiveEntry.Kind) -> ArchiveEntry {
        ArchiveEntry(path: Array(path.utf8), kind: kind, mode: 0o755)
    }

    @Test(arguments: [
        "../victim", "a/../../victim", "..", "a/..", "a/./b", "a//b", "/victim", "//victim", "./../victim",
    ])
    func pathsThatLeave(path: String) throws {
        try refuses(archive([entry("a", .directory), file(path)]), as: .unsafeEntry)
        try refuses(archive([entry("a", .directory), entry(path, .directory)]), as: .unsafeEntry)
        try refuses(archive([entry("a", .directory), entry(path, .symbolicLink(target: [0x78]))]), as: .unsafeEntry)
    }

    @Test func namesTooLongOrDeep() throws {
        try refuses(archive([file(String(repeating: "n", count: 256))]), as: .unsafeEntry)
        let folders = (1...130).map { entry(Array(repeating: "d", count: $0).joined(separator: "/"), .directory) }
        try refuses(archive(folders), as: .limitExceeded)
        let component = String(repeating: "n", count: 250)
        let long = (1...17).map { entry(Array(repeating: component, count: $0).joined(separator: "/"), .directory) }
        try refuses(archive(long), as: .unsafeEntry)
    }

    @Test func throughASymbolicLink() throws {
        for target in ["..", "/tmp", "../folder", "."] {
            let link = entry("link", .symbolicLink(target: Array(target.utf8)))
            try refuses(archive([link, file("link/victim")]), as: .unsafeEntry)
            try refuses(archive([link, entry("link/sub", .directory)]), as: .unsafeEntry)
            try refuses(archive([link, entry("link", .directory), file("link/victim")]), as: .duplicate)
            try refuses(archive([link, file("link")]), as: .duplicate)
        }
        try refuses(archive([file("file"), file("file/below")]), as: .unsafeEntry)
    }

    @Test func hardLinksOutside() throws {
        for target in ["../victim", "/etc/passwd", "missing", "folder", "link/victim", "link/passwd", "."] {
            try refuses(
                archive([
                    entry("folder", .directory), entry("link", .symbolicLink(target: Array("/etc".utf8))),
                    entry("hard", .hardLink(target: Array(target.utf8))),
                ]), as: .unsafeEntry)
        }
    }

    @Test func aHardLinkToASymbolicLinkIsThatLink() throws {
        let scratch = try Scratch()
        let root = try scratch.folder("root")
        let link = entry("link", .symbolicLink(target: Array("/etc/passwd".utf8)))
        try extract(archive([link, entry("hard", .hardLink(target: Array("link".utf8)))]), to: root)
        #expect(try Shell.run("readlink", "hard", in: root) == Array("/etc/passwd\n".utf8))
    }

    @Test func duplicates() throws {
        try refuses(archive([file("a"), file("a")]), as: .duplicate)
        try refuses(archive([entry("a", .directory), file("a/b"), entry("a", .directory)]), as: .duplicate)
        try refuses(archive([file("a"), entry("a", .symbolicLink(target: [0x78]))]), as: .duplicate)
        try refuses(archive([file("a"), entry("b", .hardLink(target: [0x61])), file("b")]), as: .duplicate)
        try refuses(archive([entry(".", .directory), entry(".", .directory)]), as: .duplicate)
    }

    @Test func missingAndClosedDirectories() throws {
        try refuses(archive([file("a/b")]), as: .outOfOrder)
        try refuses(archive([entry("a", .directory), file("b"), file("a/c")]), as: .outOfOrder)
    }

    @Test(.enabled(if: geteuid() == 0))
    func devices() throws {
        let memory = entry("mem", .characterDevice(major: 1, minor: 1))
        let disk = entry("disk", .blockDevice(major: 254, minor: 0))
        let whiteout = entry("gone", .characterDevice(major: 0, minor: 0))
        let careful = TreeExtractor.Options()
        try refuses(archive([memory]), as: .refused, options: careful)
        try refuses(archive([disk]), as: .refused, options: careful)
        try refuses(archive([whiteout]), as: .refused, options: careful)
        let layer = TreeExtractor.Options(devices: .whiteouts)
        try refuses(archive([whiteout, memory]), as: .refused, options: layer)
        let scratch = try Scratch()
        try extract(archive([whiteout]), to: scratch.path, options: layer)
        #expect(
            try Shell.run("stat", "-c", "%F %t %T", "gone", in: scratch.path)
                == Array("character special file 0 0\n".utf8))
    }

    @Test func budgets() throws {
        let three = try archive([file("a"), file("b"), file("c")])
        try refuses(three, as: .limitExceeded, options: .init(limits: .init(entries: 2)))
        try refuses(three, as: .limitExceeded, options: .init(limits: .init(dataBytes: 11)))
        try refuses(three, as: .limitExceeded, options: .init(limits: .init(apparentBytes: 11)))
        let bomb = ArchiveEntry(path: [0x61], kind: .file(size: 1 << 45), mode: 0o644, extents: [])
        try refuses(archive([bomb]), as: .limitExceeded, options: .init())
    }

    @Test func forbiddenAttributesAreLeftOut() throws {
        let scratch = try Scratch()
        var entry = file("file")
        entry.attributes = ["security.evil", "trusted.overlay.opaque", "user.fine"].map {
            ExtendedAttribute(name: Array($0.utf8), value: [0x79])
        }
        let result = try extract(archive([entry]), to: scratch.path, options: .init(rootMetadata: .keep))
        #expect(result.skippedAttributes == [Array("security.evil".utf8), Array("trusted.overlay.opaque".utf8)])
        let names = try Shell.run("getfattr", "-m", "-", "file", in: scratch.path)
        #expect(String(decoding: names, as: UTF8.self) == "# file: file\nuser.fine\n\n")
    }
}
