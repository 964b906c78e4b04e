// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Finds where a file has data, as SEEK_DATA and SEEK_HOLE tell (lseek(2)).
enum SparseMap {
    /// More runs than this are joined: a map is held in memory here and in every reader.
    static let largestCount = 100_000

    /// The runs of data in the first `size` bytes; nil when there is no hole or the file system does not tell.
    static func extents(_ descriptor: CInt, size: Int64) -> [Extent]? {
        var extents: [Extent] = []
        var smallestGap: Int64 = 0
        var position: Int64 = 0
        while position < size {
            let start = lseek(descriptor, off_t(position), envsnap_seek_data)
            if start < 0, errno == ENXIO { break }
            guard start >= position else { return nil }
            if Int64(start) >= size { break }
            let found = lseek(descriptor, start, envsnap_seek_hole)
            guard found > start else { return nil }
            let extent = Extent(offset: Int64(start), length: min(Int64(found), size) - Int64(start))
            append(extent, to: &extents, smallestGap: smallestGap)
            if extents.count > largestCount {
                smallestGap = max(smallestGap * 2, 64 * 1024)
                extents = joined(extents, smallestGap: smallestGap)
            }
            position = extent.end
        }
        return extents.first.map { $0.offset == 0 && $0.length == size } == true || size == 0 ? nil : extents
    }

    /// The runs with holes smaller than that filled.
    static func joined(_ extents: [Extent], smallestGap: Int64) -> [Extent] {
        extents.reduce(into: []) { append($1, to: &$0, smallestGap: smallestGap) }
    }

    private static func append(_ extent: Extent, to extents: inout [Extent], smallestGap: Int64) {
        if let last = extents.last, extent.offset - last.end <= smallestGap {
            extents[extents.count - 1] = Extent(offset: last.offset, length: extent.end - last.offset)
        } else {
            extents.append(extent)
        }
    }
}
