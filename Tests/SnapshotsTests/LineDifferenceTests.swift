// SPDX-License-Identifier: Apache-2.0

import EnvironmentModel
import Foundation
import TestSupport
import Testing

@testable import Snapshots

@Suite struct LineDifferenceTests {
    static let texts: [(String, String)] = [
        ("a\nb\nc\n", "a\nB\nc\n"), ("a\n", "a\nb\n"), ("", "a\n"), ("a\n", ""), ("a\nb", "a\nb\n"),
        ("1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n", "1\nx\n3\n4\n5\n6\n7\n8\n9\n10\n11\ny\nz\n12\n"),
        ("a\r\nb\r\n", "a\r\nb\n"), ("e\u{301}\n", "\u{E9}\n"), ("x\ny\nz\n", "z\ny\nx\n"),
    ]

    @Test(arguments: texts.indices) func `patch makes the second text of the first`(_ index: Int) throws {
        let (old, new) = Self.texts[index]
        let difference = try #require(LineDifference(from: Array(old.utf8), to: Array(new.utf8)))
        let folder = try TemporaryFolder()
        let file = try folder.write(old, to: "text")
        let patch = "--- text\n+++ text\n" + difference.unified().joined(separator: "\n") + "\n"
        let patchFile = try folder.write(patch, to: "patch")
        try Tool.run("patch", "-s", "--binary", "--posix", file, patchFile)
        #expect(try folder.read("text") == Array(new.utf8), "\(patch)")
    }

    @Test func `lines are counted`() throws {
        let difference = try #require(LineDifference(from: Array("a\nb\nc\n".utf8), to: Array("a\nc\nd\ne\n".utf8)))
        #expect(difference.counts.added == 2)
        #expect(difference.counts.removed == 1)
    }

    @Test func `what is no text, or too much of it, is not compared by lines`() throws {
        #expect(LineDifference(from: [0, 1], to: Array("a\n".utf8)) == nil)
        #expect(LineDifference(from: Array("a\n".utf8), to: [0xFF, 10]) == nil)
        let many = Array((0..<2000).map { "\($0)\n" }.joined().utf8)
        #expect(LineDifference(from: many, to: Array("x\n".utf8)) == nil)
        let alike = Array("head\n".utf8) + many
        #expect(try #require(LineDifference(from: many, to: alike)).counts.added == 1)
    }
}
