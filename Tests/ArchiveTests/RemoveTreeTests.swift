// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

@Suite("Removing trees")
struct RemoveTreeTests {
    @Test func aDeepAndMixedTreeGoesAndNothingElse() throws {
        let scratch = try Scratch()
        try Shell.run(
            "sh", "-c",
            """
            mkdir -p outside keep; echo precious >outside/file; mkdir tree; cd tree
            ln -s ../outside link; ln ../outside/file hard; mkfifo pipe; mkdir a b b/c; touch a/1 a/2 b/c/3
            chmod 0 b/c; ln -s .. b/up
            for i in $(seq 3000); do mkdir d; cd d; done; touch bottom
            """, in: scratch.path)
        let root = try FileDescriptorPath.open(scratch.path)
        try removeTree(named: Array("tree".utf8), in: root)
        try removeTree(named: Array("missing".utf8), in: root)
        #expect(
            try Shell.run("sh", "-c", "ls; cat outside/file", in: scratch.path)
                == Array("keep\noutside\nprecious\n".utf8))
        try removeContents(of: root)
        #expect(try Shell.run("ls", "-A", in: scratch.path) == [])
        for name in ["..", ".", "a/b", "", "/"] {
            #expect(throws: ArchiveError.self) { try removeTree(named: Array(name.utf8), in: root) }
        }
        try root.close()
    }

    @Test(.enabled(if: geteuid() == 0))
    func anImmutableFileIsNamed() throws {
        let scratch = try Scratch()
        try Shell.run("sh", "-c", "mkdir tree; touch tree/stuck", in: scratch.path)
        guard (try? Shell.run("chattr", "+i", "tree/stuck", in: scratch.path)) != nil else { return }
        defer { _ = try? Shell.run("chattr", "-i", "tree/stuck", in: scratch.path) }
        let root = try FileDescriptorPath.open(scratch.path)
        let failure = #expect(throws: ArchiveError.self) { try removeTree(named: Array("tree".utf8), in: root) }
        #expect(failure?.errorNumber == EPERM)
        #expect(failure?.message.contains("'stuck'") == true)
        try root.close()
    }
}
