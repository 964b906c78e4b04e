// SPDX-License-Identifier: Apache-2.0

import Archive
import Catalogue
import ContentStore
import EnvironmentModel
import Foundation
import Hashing
import JSONTree
import OCI
import Snapshots
import SystemPackage
import TestSupport
import Testing

@testable import Sharing

@Suite struct BundleFilesTests {
    private let folder: TemporaryFolder
    private let content = noise(300_000, seed: 5)

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func write(_ name: String, largestPart: Int64? = nil, overwrites: Bool = false) throws -> [String] {
        let before = names.filter { !$0.hasSuffix(".tmp") }
        let files = try BundleFiles(
            at: FilePath(folder.path(name)), largestPart: largestPart, overwrites: overwrites)
        for start in stride(from: 0, to: content.count, by: 70_000) {
            try content[start..<min(content.count, start + 70_000)].withUnsafeBytes(files.write)
        }
        #expect(names.filter { !$0.hasSuffix(".tmp") } == before, "a name shows before the file is whole")
        return try files.publish().map { $0.lastComponent?.string ?? "" }
    }

    private var names: [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    private func read(_ names: String...) throws -> [UInt8] {
        let parts = try BundleParts(names.map { FilePath(folder.path($0)) }, cancellation: Cancellation())
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 60_000)
        while case let count = try buffer.withUnsafeMutableBytes({ try parts.read(into: $0) }), count > 0 {
            bytes += buffer[..<count]
        }
        return bytes
    }

    @Test func `a file appears whole, for its owner alone, and nothing else does`() throws {
        #expect(try write("a") == ["a"])
        #expect(names == ["a"])
        #expect(try folder.read("a") == content)
        #expect(try Tool.run("stat", "-c", "%a", folder.path("a")) == "600\n")
    }

    @Test func `a file that is there stays, unless it is to be replaced`() throws {
        try folder.write("old", to: "a")
        let error = #expect(throws: SharingError.self) { try write("a") }
        #expect(error?.code == .exists)
        #expect(try folder.read("a") == Array("old".utf8))
        try write("a", overwrites: true)
        #expect(try folder.read("a") == content)
        #expect(names == ["a"])
    }

    @Test func `a file that somebody makes meanwhile stays`() throws {
        let files = try BundleFiles(at: FilePath(folder.path("a")), largestPart: nil, overwrites: false)
        try content.withUnsafeBytes(files.write)
        try folder.write("other", to: "a")
        #expect(throws: SharingError.self) { try files.publish() }
        files.discard()
        #expect(try folder.read("a") == Array("other".utf8))
        #expect(names == ["a"])
    }

    @Test(arguments: [nil, 100_000] as [Int64?])
    func `what a run left that was killed is removed by the next one, and nothing else`(_ largestPart: Int64?) throws {
        let others = ["b.1f.tmp", "a.x.tmp", "a.part001.y.tmp", "a.1f.tmp.old", "ab.1f.tmp"]
        let left = largestPart == nil ? ["a.1f.tmp"] : ["a.part001.1f.tmp", "a.part002.1f.tmp"]
        for name in left + others { try folder.write("old", to: name) }
        // Another run at the same time, which lives.
        let living = try BundleFiles(at: FilePath(folder.path("a")), largestPart: largestPart, overwrites: false)
        try content.withUnsafeBytes(living.write)
        let livingNames = Set(names).subtracting(left + others)
        #expect(livingNames.count == (largestPart == nil ? 1 : 3))
        #expect(names.filter(left.contains).isEmpty)
        let written = try write("a", largestPart: largestPart)
        #expect(Set(names) == Set(written + others).union(livingNames))
        living.discard()
        #expect(Set(names) == Set(written + others))

        // Also by one that stops because the bundle is there.
        try folder.write("old", to: left[0])
        #expect(throws: SharingError.self) { try write("a", largestPart: largestPart) }
        #expect(Set(names) == Set(written + others))
    }

    @Test func `what is given up leaves nothing`() throws {
        do {
            let files = try BundleFiles(at: FilePath(folder.path("a")), largestPart: 1000, overwrites: false)
            try content.withUnsafeBytes(files.write)
        }
        #expect(names.isEmpty)
    }

    @Test func `a folder that is not there is named`() throws {
        let error = #expect(throws: SharingError.self) { try write("none/a") }
        #expect(error?.message.contains(folder.path("none")) == true)
    }

    @Test func `the parts one after the other are the bundle`() throws {
        #expect(try write("a", largestPart: 100_000) == ["a.part001", "a.part002", "a.part003"])
        #expect(try names.map { try folder.read($0).count } == [100_000, 100_000, 100_000])
        #expect(try folder.read("a.part001") + folder.read("a.part002") + folder.read("a.part003") == content)
        for name in names { #expect(try read(name) == content, "from \(name)") }
        #expect(try read("a.part003", "a.part001", "a.part002") == content)
    }

    @Test func `a missing part is named`() throws {
        try write("a", largestPart: 100_000)
        try FileManager.default.removeItem(atPath: folder.path("a.part002"))
        let error = #expect(throws: SharingError.self) { try read("a.part003") }
        #expect(error?.message == "\(folder.path("a.part002")) is missing")
        #expect(throws: SharingError.self) { try read("a.part001", "a.part003") }
        #expect(throws: SharingError.self) { try read("a.part001", "b.part002") }
    }

    @Test func `a missing last part is named when the bundle ends too early`() throws {
        let (from, to) = (try SharedStore(), try SharedStore())
        let bundle = try from.bundle(try from.snapshot([content]))
        let files = try BundleFiles(at: FilePath(folder.path("b")), largestPart: 100_000, overwrites: false)
        try bundle.withUnsafeBytes(files.write)
        let last = try #require(try files.publish().last)
        try FileManager.default.removeItem(atPath: last.string)
        let parts = try BundleParts([FilePath(folder.path("b.part002"))], cancellation: Cancellation())
        let error = #expect(throws: SharingError.self) { try to.take { try parts.read(into: $0) } }
        #expect(error?.code == .incomplete)
        #expect("\(parts.explaining(try #require(error)))".hasPrefix("\(last) is missing"))
    }

    @Test func `parts of an older, longer bundle do not stay behind`() throws {
        try write("a", largestPart: 50_000)
        #expect(throws: SharingError.self) { try write("a", largestPart: 200_000) }
        try write("a", largestPart: 200_000, overwrites: true)
        #expect(names == ["a.part001", "a.part002"])
        #expect(try read("a.part001") == content)
    }
}
