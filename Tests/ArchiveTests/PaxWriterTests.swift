// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Archive

@Suite("Pax archives say everything of an entry")
struct PaxWriterTests {
    static let all: [ArchiveEntry] = [
        ArchiveEntry(path: Name.root, kind: .directory, mode: 0o2750, user: 7, group: 8),
        ArchiveEntry(path: Array("file".utf8), kind: .file(size: 5), mode: 0o4755, user: 3_000_000, group: .max),
        ArchiveEntry(path: Array("hard".utf8), kind: .hardLink(target: Array("file".utf8)), mode: 0o4755),
        ArchiveEntry(path: [0xff, 0x0a], kind: .symbolicLink(target: [0xfe] + Array("/./x/".utf8)), mode: 0o777),
        ArchiveEntry(path: Array("pipe".utf8), kind: .fifo, mode: 0o600),
        ArchiveEntry(path: Array("char".utf8), kind: .characterDevice(major: 4095, minor: 1_048_575), mode: 0o600),
        ArchiveEntry(path: Array("block".utf8), kind: .blockDevice(major: 0, minor: 0), mode: 0o600),
        ArchiveEntry(
            path: Array("sparse".utf8), kind: .file(size: 10_000), mode: 0,
            extents: [Extent(offset: 0, length: 10), Extent(offset: 9000, length: 1000)]),
        ArchiveEntry(path: Array("hole".utf8), kind: .file(size: 1 << 40), mode: 0, extents: []),
    ]

    @Test(arguments: all)
    func everyKindIsReadAsWritten(entry: ArchiveEntry) throws {
        let reader = try PaxReader(source: memorySource(archive([entry])))
        #expect(try reader.next() == entry)
        #expect(try reader.next() == nil)
    }

    @Test(arguments: [
        (0, 0), (0, 1), (-1, 0), (-1, 500_000_000), (-1, 1), (-1, 999_999_999), (-2, 1), (-5, 500_000_000),
        (1, 999_999_999), (1_700_000_000, 100_000_000), (0o77_777_777_777, 0), (0o100_000_000_000, 5), (-1 << 40, 20),
    ])
    func timesAreReadAsWritten(seconds: Int64, nanoseconds: Int32) throws {
        let time = Timestamp(seconds: seconds, nanoseconds: nanoseconds)
        let entry = ArchiveEntry(path: [0x61], kind: .directory, mode: 0, modified: time)
        #expect(try entries(archive([entry])).map(\.entry.modified) == [time])
    }

    @Test(arguments: [99, 100, 101, 155, 255, 256, 1000, 4096])
    func longPathsAndTargets(length: Int) throws {
        let path: [UInt8] = (1...length).map { index -> UInt8 in
            index % 200 == 0 && index < length ? Name.slash : UInt8(0x41 + index % 50)
        }
        let entries: [ArchiveEntry] = [
            ArchiveEntry(path: path, kind: .directory, mode: 0),
            ArchiveEntry(path: path, kind: .file(size: 0), mode: 0),
            ArchiveEntry(path: path, kind: .file(size: 9), mode: 0, extents: []),
            ArchiveEntry(path: path, kind: .hardLink(target: path), mode: 0),
            ArchiveEntry(path: [0x61], kind: .symbolicLink(target: path), mode: 0o777),
        ]
        #expect(try ArchiveTests.entries(archive(entries)).map(\.entry) == entries)
    }

    @Test(arguments: [1, 100, 101, 3000])
    func namesAreBytes(length: Int) throws {
        let name = [UInt8](repeating: 0xfe, count: length)
        let decomposed = Array(String(repeating: "e\u{301}", count: length).utf8)
        var entries: [ArchiveEntry] = []
        for path in [name, decomposed] {
            entries += [
                ArchiveEntry(path: path, kind: .fifo, mode: 0),
                ArchiveEntry(path: path, kind: .directory, mode: 0),
                ArchiveEntry(path: path, kind: .file(size: 9), mode: 0, extents: []),
                ArchiveEntry(path: path, kind: .hardLink(target: path), mode: 0),
                ArchiveEntry(path: path, kind: .symbolicLink(target: path), mode: 0o777),
            ]
        }
        let bytes = try archive(entries)
        #expect(try ArchiveTests.entries(bytes).map(\.entry) == entries)
        // libarchive composes names in a UTF-8 locale; ours must not, whatever the program has set.
        let locale = newlocale(CInt(1) << LC_CTYPE, "C.UTF-8", nil)
        let previous = uselocale(locale)
        defer { uselocale(previous) }
        #expect(try ArchiveTests.entries(bytes).map(\.entry) == entries)
    }

    @Test func attributesAreBinary() throws {
        let names = ["user.a=b%c", "user.%25", "user.\u{e9} x\n", "system.posix_acl_access", "user.empty", "user.long"]
        let attributes = names.map { name in
            ExtendedAttribute(
                name: Array(name.utf8),
                value: name == "user.empty"
                    ? [] : [UInt8](repeating: 0, count: name == "user.long" ? 60_000 : 3) + [10, 61])
        }.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        let entry = ArchiveEntry(path: [0x61], kind: .directory, mode: 0, attributes: attributes)
        #expect(try entries(archive([entry])).map(\.entry.attributes) == [attributes])
        let keywords = try archive([entry]).split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
        #expect(keywords.contains { $0.contains(" SCHILY.xattr.system.posix_acl_access=") })
        #expect(!keywords.contains { $0.contains("LIBARCHIVE") || $0.contains("hdrcharset") })
    }

    @Test func sameEntriesSameBytesInLargeChunks() throws {
        let collected = Collector()
        let writer = PaxWriter(sink: collected.take)
        for index in 0..<2000 {
            try writer.append(
                ArchiveEntry(path: Array("\(index)".utf8), kind: .file(size: 300), mode: 0o644),
                bytes: [UInt8](repeating: 7, count: 300))
        }
        try writer.finish()
        #expect(collected.largestChunk > 200_000)
        #expect(try archive(PaxWriterTests.all) == archive(PaxWriterTests.all))
    }

    @Test func theFormatIsFrozen() throws {
        // Digests of data archives depend on these bytes: a change needs a new format version.
        let sum = try Shell.run("sha256sum", input: archive(PaxWriterTests.all))
        #expect(
            String(decoding: sum.prefix(64), as: UTF8.self)
                == "d38ffd1b6a7b8cef0ac363a06377c7b9e619d362c205520cb097454200950484")
    }

    @Test func misuseIsAnErrorAndSpoilsTheArchive() throws {
        let file = ArchiveEntry(path: [0x61], kind: .file(size: 2), mode: 0)
        for bytes in [[1], [1, 2, 3]] as [[UInt8]] {
            let writer = PaxWriter(sink: { _ in })
            #expect(code { try writer.append(file, bytes: bytes) } == .misuse)
            #expect(code { try writer.append(file, bytes: [1, 2]) } == .misuse)
            #expect(code { try writer.finish() } == .misuse)
        }
        let writer = PaxWriter(sink: { _ in })
        #expect(code { try writer.append(file) { _ in try writer.append(file) } } == .misuse)
        let bad: [ArchiveEntry] = [
            ArchiveEntry(path: [], kind: .fifo, mode: 0), ArchiveEntry(path: [0], kind: .fifo, mode: 0),
            ArchiveEntry(path: [0x61], kind: .symbolicLink(target: []), mode: 0),
            ArchiveEntry(path: [0x61], kind: .file(size: 5), mode: 0, extents: [Extent(offset: 3, length: 3)]),
        ]
        for entry in bad {
            #expect(code { _ = try archive([entry]) } == .misuse)
        }
        #expect(code { _ = try archive([ArchiveEntry(path: [0x61], kind: .socket, mode: 0)]) } == .unsupported)
        let large = ExtendedAttribute(name: Array("user.x".utf8), value: [UInt8](repeating: 1, count: 1 << 20))
        #expect(
            code { _ = try archive([ArchiveEntry(path: [0x61], kind: .fifo, mode: 0, attributes: [large])]) }
                == .unsupported)
    }

    @Test func errorsOfTheSinkAreRethrown() throws {
        struct Full: Error {}
        let writer = PaxWriter(sink: { _ in throw Full() })
        #expect(throws: Full.self) {
            try writer.append(
                ArchiveEntry(path: [0x61], kind: .file(size: 1 << 20), mode: 0),
                bytes: [UInt8](repeating: 0, count: 1 << 20))
        }
        #expect(code { try writer.finish() } == .misuse)
    }
}
