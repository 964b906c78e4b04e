// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

@Suite("Damaged archives are told from whole ones")
struct DamagedArchiveTests {
    private func sample() throws -> [UInt8] {
        var sparse = ArchiveEntry(
            path: Array("sparse".utf8), kind: .file(size: 100_000), mode: 0o644,
            extents: [Extent(offset: 4096, length: 4096)])
        sparse.modified = Timestamp(seconds: 7, nanoseconds: 9)
        return try archive([
            ArchiveEntry(path: Name.root, kind: .directory, mode: 0o755),
            ArchiveEntry(
                path: Array("file".utf8), kind: .file(size: 3000), mode: 0o644,
                attributes: [ExtendedAttribute(name: Array("user.a".utf8), value: [1, 2, 0, 3])]),
            sparse,
            ArchiveEntry(path: Array("last".utf8), kind: .file(size: 0), mode: 0o644),
        ])
    }

    @Test func everyTruncationIsSeen() throws {
        let whole = try sample()
        #expect(try entries(whole).count == 4)
        for length in Array(stride(from: 0, to: whole.count, by: 256)) + [1, 511, 513, whole.count - 1] {
            let cut = Array(whole[..<length])
            #expect(throws: ArchiveError.self, "cut to \(length)") { try entries(cut) }
            // The same when the data is skipped.
            #expect(throws: ArchiveError.self, "cut to \(length), skipping") {
                let reader = try PaxReader(source: memorySource(cut))
                while try reader.next() != nil {}
            }
        }
    }

    @Test func aFlippedBitInAHeaderIsSeenAndNeverFatal() throws {
        let whole = try sample()
        let expected = try entries(whole)
        var seen = 0
        for position in stride(from: 0, to: whole.count, by: 37) {
            for bit in [0, 6] {
                var flipped = whole
                flipped[position] ^= 1 << UInt8(bit)
                guard let found = try? entries(flipped) else {
                    seen += 1
                    continue
                }
                // Data has no checksum in tar: blobs are checked by digest. What is read must keep its shape.
                #expect(found.count <= expected.count + 1)
            }
        }
        #expect(seen > 50)
        var header = whole
        header[3] ^= 1
        #expect(code { _ = try entries(header) } == .damaged)
    }

    @Test func whatIsNoArchive() throws {
        #expect(throws: ArchiveError.self) { try entries([]) }
        #expect(code { _ = try entries(Array("this is not a tar archive\n".utf8)) } == .damaged)
        #expect(code { _ = try entries([UInt8](repeating: 0xa5, count: 20_000)) } == .damaged)
        let gzip = try Shell.run("gzip", "-c", input: sample())
        #expect(code { _ = try entries(gzip) } == .damaged, "filters are never detected")
    }

    @Test func dataAfterTheEnd() throws {
        let whole = try sample()
        #expect(try entries(whole + [UInt8](repeating: 0, count: 300_000)).count == 4)
        #expect(code { _ = try entries(whole + [1]) } == .damaged)
        #expect(code { _ = try entries(whole + [UInt8](repeating: 0, count: 300_000) + [1]) } == .damaged)
    }

    @Test func errorsOfTheSourceAreRethrown() throws {
        struct Broken: Error {}
        let whole = try sample()
        let source = memorySource(Array(whole[..<1024]))
        let reader = try PaxReader(source: { buffer in
            let count = try source(buffer)
            guard count > 0 else { throw Broken() }
            return count
        })
        #expect(throws: Broken.self) { while try reader.next() != nil {} }
        #expect(code { _ = try reader.next() } == .misuse)
    }

    @Test func theBodyBelongsToTheCurrentEntry() throws {
        let reader = try PaxReader(source: memorySource(sample()))
        #expect(code { try reader.readBody { _, _ in } } == .misuse)
        _ = try reader.next()
        try reader.readBody { _, _ in }
        #expect(code { try reader.readBody { _, _ in } } == .misuse)
        _ = try reader.next()
        #expect(code { _ = try reader.readAll(limit: 2999) } == .limitExceeded)
        #expect(try reader.readAll(limit: 3000).count == 3000)
        _ = try reader.next()
        let sparse = try reader.readAll(limit: 100_000)
        #expect(sparse.filter { $0 == UInt8(ascii: "x") }.count == 4096)
        #expect(sparse[4096] == UInt8(ascii: "x") && sparse[4095] == 0 && sparse[8192] == 0)
    }
}
