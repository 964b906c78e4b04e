// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

@Suite("Restoring into a folder")
struct TreeExtractorTests {
    private let tree: [ArchiveEntry] = [
        ArchiveEntry(path: Name.root, kind: .directory, mode: 0o2751, modified: Timestamp(seconds: 99)),
        ArchiveEntry(path: [0x61], kind: .directory, mode: 0o500, modified: Timestamp(seconds: 98)),
        ArchiveEntry(path: Array("a/b".utf8), kind: .file(size: 3), mode: 0o640, modified: Timestamp(seconds: 97)),
    ]

    @Test func contentIsRefusedOrReplaced() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "mkdir -p old/deep; touch old/deep/file .hidden; ln -s /etc out", in: scratch.path)
        let packed = try archive(tree)
        #expect(code { try extract(packed, to: scratch.path, options: .init()) } == .notEmpty)
        #expect(try Shell.run("ls", "-A", in: scratch.path) == Array(".hidden\nold\nout\n".utf8))
        try extract(packed, to: scratch.path, options: .init(existing: .replaceContents))
        #expect(
            try Shell.run("find", ".", "-printf", "%P %m %T@\\n", in: scratch.path)
                == Array(" 2751 99.0000000000\na 500 98.0000000000\na/b 640 97.0000000000\n".utf8))
    }

    @Test func whatIsForeignBecomesTheExtractorsOwn() throws {
        let scratch = try Scratch()
        let capability = ExtendedAttribute(
            name: Array("security.capability".utf8),
            value: [1, 0, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let mine = ExtendedAttribute(name: Array("user.mine".utf8), value: [1])
        let packed = try archive([
            ArchiveEntry(path: [0x61], kind: .directory, mode: 0o3777, user: 7, group: 8),
            ArchiveEntry(
                path: Array("a/b".utf8), kind: .file(size: 1), mode: 0o6755, user: 7, group: 8,
                attributes: [capability, mine]),
            ArchiveEntry(path: Array("a/link".utf8), kind: .symbolicLink(target: [0x62]), mode: 0o777, user: 7),
            ArchiveEntry(path: Array("a/pipe".utf8), kind: .fifo, mode: 0o644, user: 7),
        ])
        var options = TreeExtractor.Options()
        options.owners = .extractor
        try extract(packed, to: scratch.path, options: options)
        let own = "\(getuid()):\(getgid())"
        #expect(
            try Shell.run("stat", "-c", "%n %a %u:%g", "a", "a/b", "a/link", "a/pipe", in: scratch.path)
                == Array("a 1777 \(own)\na/b 755 \(own)\na/link 777 \(own)\na/pipe 644 \(own)\n".utf8))
        #expect(
            try Shell.run("getfattr", "-m", "-", "--absolute-names", "a/b", in: scratch.path)
                == Array("# file: a/b\nuser.mine\n\n".utf8))
    }

    @Test func theRootKeepsItsOwnWhenAsked() throws {
        let scratch = try Scratch()
        try Shell.run(
            "sh", "-c", "chmod 1775 .; setfattr -n user.mine -v x .; setfacl -d -m u:7:rwx .", in: scratch.path)
        let look = "stat -c '%a %u %g' .; getfacl -n . 2>/dev/null; getfattr -d ."
        let before = try Shell.run("sh", "-c", look, in: scratch.path)
        try extract(archive(tree), to: scratch.path, options: .init(rootMetadata: .keep))
        #expect(try Shell.run("sh", "-c", look, in: scratch.path) == before)
        // The root's default ACL reached none of the new files.
        #expect(try Shell.run("getfacl", "-R", "-s", "-n", "a", in: scratch.path) == [])
    }

    @Test func theRootLosesWhatTheArchiveDoesNotHave() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "setfattr -n user.mine -v x .; setfacl -m u:7:rwx -d -m u:7:rwx .", in: scratch.path)
        try extract(archive(tree), to: scratch.path)
        #expect(try Shell.run("getfattr", "-m", "-", "-R", ".", in: scratch.path) == [])
        #expect(try Shell.run("stat", "-c", "%a", ".", in: scratch.path) == Array("2751\n".utf8))
    }

    @Test func defaultAccessListsAreNotInherited() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c", "mkdir d; touch d/f; mkdir d/e; setfacl -d -m u:7:rwx d; setfacl -d -m u:8:rwx .", in: source)
        try extract(pack(source), to: copy)
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
    }

    @Test(.enabled(if: geteuid() == 0))
    func capabilitiesAndSetIdSurviveTheOwner() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        let capability = "0x0100000200200000000000000000000000000000"
        try Shell.run(
            "sh", "-c",
            "touch f; chown 1000:1001 f; chmod 6755 f; setfattr -n security.capability -v \(capability) f; ln f g",
            in: source)
        try extract(pack(source), to: copy, options: .init())
        #expect(try TreeManifest(source).differences(TreeManifest(copy)) == [])
        #expect(try Shell.run("getfattr", "-n", "security.capability", "-e", "hex", "g", in: copy).count > 60)
    }

    @Test(.enabled(if: geteuid() == 0))
    func whoMayNotChangeOwnersIsToldThePath() throws {
        let scratch = try Scratch()
        try Shell.run("chmod", "777", scratch.path)
        var packed = tree[1...].map { $0 }
        packed[1].user = 12345
        let bytes = try archive(packed)
        let path = scratch.path
        let failure = Unprivileged.run { () -> ArchiveError? in
            do {
                try extract(bytes, to: path)
                return nil
            } catch {
                return error as? ArchiveError
            }
        }
        #expect(failure??.code == .system)
        #expect(failure??.errorNumber == EPERM)
        #expect(failure??.path == Array("a/b".utf8))
        #expect(failure??.message.contains("12345") == true)
    }

    @Test func directoriesBelowTheRootAreOpenedWithoutLinks() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "mkdir -p a/b/c; ln -s b a/link; ln -s /etc etc; touch file", in: scratch.path)
        let root = try FileDescriptorPath.open(scratch.path)
        // The second is for kernels and containers without openat2.
        for open in [OwnedDescriptor.directory(_:beneath:), { try OwnedDescriptor.walk($0, from: $1) }] {
            for path in [".", "a", "a/b/c"] {
                _ = try open(Array(path.utf8), root.rawValue)
            }
            for path in ["a/link", "a/link/c", "etc", "file", "missing"] {
                #expect(throws: CallFailure.self, "\(path)") { try open(Array(path.utf8), root.rawValue) }
            }
        }
        try root.close()
    }

    @Test func namesInMessagesCannotDriveATerminal() {
        let failure = code { try EntryPath.check(Array("/\u{1b}]0;pwn\u{7}\u{202e}".utf8)) }
        #expect(failure == .unsafeEntry)
        #expect(Name.text(Array("\u{1b}]0;\u{202e}é".utf8)) == "'\\u{1b}]0;\\u{202e}é'")
    }
}
