// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

@Suite("Surveys of a tree")
struct TreeSurveyTests {
    private static let tree = "mkdir -p a/b; printf one > a/b/one; printf two > a/two; ln a/two hard; ln -s two a/link"

    private static func survey(_ path: String, without excluded: [String] = []) throws -> TreeSurvey {
        let root = try FileDescriptor.open(FilePath(path), .readOnly)
        return try root.closeAfter {
            let exclusions = excluded.map {
                TreePacker.Options.Exclusion(path: Array($0.utf8), keeps: .folder)
            }
            return try TreeSurvey(root, options: .init(mounts: .cross, exclusions: exclusions))
        }
    }

    @Test func nothingChangedIsTheSame() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", Self.tree, in: scratch.path)
        let first = try Self.survey(scratch.path)
        // Reading is no change.
        try Shell.run("sh", "-c", "cat a/two; ls -R; getfattr -d a/two", in: scratch.path)
        #expect(try Self.survey(scratch.path) == first)
    }

    @Test(arguments: [
        "printf TWO | dd of=a/two conv=notrunc 2>/dev/null; touch -d @5 a/two", "chmod 600 a/two", "chown 7 a/two",
        "setfattr -n user.k -v v a/two", "rm a/two", "mv a/two a/three", "touch new", "ln -sfn other a/link",
        "cp a/b/one tmp; mv tmp a/b/one", "rmdir a/b 2>/dev/null; rm -r a/b; mkdir a/b",
    ])
    func everyChangeShows(_ change: String) throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", Self.tree + "; touch -d @5 a/two", in: scratch.path)
        let first = try Self.survey(scratch.path)
        // One tick of the kernel's clock, so that the change time can differ.
        try Shell.run("sh", "-c", "sleep 0.05; { \(change); }", in: scratch.path)
        #expect(try Self.survey(scratch.path) != first)
    }

    @Test(arguments: ["3/5/deep", "61/9/deep", "0", "61/new", "3/5", "."])
    func whatIsSharedOutAmongProcessorsIsOneSurvey(_ changed: String) throws {
        let scratch = try Scratch()
        let tree = """
            for a in $(seq 0 70); do mkdir -p $(seq -f "$a/%g" 0 17) && for b in $(seq 0 17); do :>$a/$b/deep; done; done
            """
        try Shell.run("sh", "-c", tree, in: scratch.path)
        let first = try Self.survey(scratch.path)
        for _ in 0..<3 { #expect(try Self.survey(scratch.path) == first) }
        try Shell.run(
            "sh", "-c", "sleep 0.05; [ -e \(changed) ] || :>\(changed); chmod 700 \(changed)", in: scratch.path)
        let second = try Self.survey(scratch.path)
        #expect(second.digest != first.digest)
        #expect(second.lastChange > first.lastChange)
    }

    @Test func onlyWhatIsOldIsSettled() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", Self.tree + "; touch -d @5 a/two a/b/one a .", in: scratch.path)
        // A time that was set by hand does not make a change old.
        #expect(try !Self.survey(scratch.path).isSettled)
        #expect(try Self.survey("/usr/bin").isSettled)
        #expect(try Self.survey("/etc/hostname").isSettled)
    }

    @Test func whatIsLeftOutDoesNotCount() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", Self.tree, in: scratch.path)
        let first = try Self.survey(scratch.path, without: ["a/b"])
        try Shell.run("sh", "-c", "printf more >> a/b/one", in: scratch.path)
        #expect(try Self.survey(scratch.path, without: ["a/b"]) == first)
        #expect(try Self.survey(scratch.path) != first)
    }

    /// Trap of mapped pages: a second write to a dirty page leaves no trace, unless it was written back in between.
    @Test func aWriteThroughAMappingShowsAfterASynchronisation() throws {
        let scratch = try Scratch()
        let script = """
            import mmap, os, sys
            f = open("mapped", "r+b"); m = mmap.mmap(f.fileno(), 4096)
            m[0] = 1; os.write(1, b"first\\n"); sys.stdin.readline(); m[1] = 2; os.write(1, b"second\\n")
            sys.stdin.readline()
            """
        try Shell.run("truncate", "-s", "4096", "mapped", in: scratch.path)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        process.currentDirectoryURL = URL(filePath: scratch.path)
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        defer { process.terminate() }
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "first\n")
        let root = try FileDescriptor.open(FilePath(scratch.path), .readOnly)
        try TreeSurvey.synchronize([root])
        try root.close()
        let first = try Self.survey(scratch.path)
        Thread.sleep(forTimeInterval: 0.05)
        input.fileHandleForWriting.write(Data("\n".utf8))
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "second\n")
        #expect(try Self.survey(scratch.path) != first)
    }
}
