// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

@Suite("Memory does not grow with the data", .serialized)
struct MemoryTests {
    /// Other tests run beside in the same process, hence the generous bound; buffering a whole stream would exceed it.
    private let allowed = 128 << 20

    private func peak() -> Int {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss * 1024
    }

    @Test func aLargeSparseFile() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c", "truncate -s 1G file; printf end | dd of=file bs=1M seek=1023 status=none", in: source)
        let before = peak()
        try extract(pack(source), to: copy)
        #expect(peak() - before < allowed)
        #expect(
            try Shell.run("stat", "-c", "%s %b", "file", in: copy)
                == Shell.run("stat", "-c", "%s %b", "file", in: source))
    }

    @Test func aStreamOf300MB() throws {
        let scratch = try Scratch()
        let (source, copy) = (try scratch.folder("source"), try scratch.folder("copy"))
        try Shell.run(
            "sh", "-c", "head -c 60000000 /dev/urandom >part; cat part part part part part >file; rm part", in: source)
        let before = peak()
        let packed = FilePath(scratch.file("packed"))
        let output = try FileDescriptor.open(packed, .writeOnly, options: .create, permissions: .ownerReadWrite)
        let compressor = try ZstdCompressor(level: 1, sink: { _ = try output.writeAll($0) })
        let writer = PaxWriter(sink: compressor.write)
        let root = try FileDescriptorPath.open(source)
        _ = try TreePacker().pack(root, into: writer)
        try writer.finish()
        try compressor.finish()
        try root.close()
        try output.close()

        let input = try FileDescriptor.open(packed, .readOnly)
        let decompressor = try ZstdDecompressor(source: { try input.read(into: $0) })
        let target = try FileDescriptorPath.open(copy)
        let result = try TreeExtractor().extract(PaxReader(source: decompressor.read), into: target)
        try target.close()
        try input.close()
        #expect(peak() - before < allowed)
        #expect(result.dataBytes == 300_000_000)
        try Shell.run("cmp", "source/file", "copy/file", in: scratch.path)
    }

    @Test func aMapOfVeryManyHoles() throws {
        // More runs than a map may have: some holes are filled, and the content is the same.
        let extents = (0..<250_000).map { Extent(offset: Int64($0) * 8192 + Int64($0 % 7 == 0 ? 100 : 0), length: 100) }
        let joined = SparseMap.joined(extents, smallestGap: 8192)
        #expect(joined == [Extent(offset: 100, length: 249_999 * 8192)])
        #expect(SparseMap.joined(extents, smallestGap: 10) == extents)
    }
}
