// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Archive

@Suite("where the content of large files lies")
struct ArchiveSinkTests {
    private final class Marks: ArchiveSink {
        var bytes: [UInt8] = []
        var ranges: [Range<Int>] = []
        private var start = 0

        func write(_ bytes: UnsafeRawBufferPointer) { self.bytes += bytes }
        func contentBegins(_ version: ContentVersion?) -> Bool {
            start = bytes.count
            return false
        }
        func contentEnds(isReliable: Bool) { ranges.append(start..<bytes.count) }
    }

    @Test func isToldOfLargeFilesAlone() throws {
        let marks = Marks()
        let writer = PaxWriter(into: marks)
        let large = [UInt8](repeating: 7, count: 64 << 10)
        for (name, content) in [("a", large), ("b", Array(large.dropLast())), ("c", large + large)] {
            let entry = ArchiveEntry(path: Array(name.utf8), kind: .file(size: Int64(content.count)), mode: 0o644)
            try writer.append(entry, bytes: content)
        }
        let sparse = ArchiveEntry(
            path: Array("d".utf8), kind: .file(size: 1 << 30), mode: 0o644,
            extents: [Extent(offset: 4096, length: 64 << 10), Extent(offset: 1 << 29, length: 1)])
        try writer.append(sparse, bytes: large + [9])
        try writer.finish()
        #expect(marks.ranges.map(\.count) == [64 << 10, 128 << 10, (64 << 10) + 1])
        #expect(marks.ranges.dropLast().allSatisfy { marks.bytes[$0].allSatisfy { $0 == 7 } })
        #expect(marks.bytes[marks.ranges[2].upperBound - 1] == 9)
        let collected = Collector()
        let plain = PaxWriter(sink: collected.take)
        try plain.append(ArchiveEntry(path: [97], kind: .file(size: 64 << 10), mode: 0o644), bytes: large)
        #expect(marks.bytes.starts(with: collected.bytes))
    }
}
