// SPDX-License-Identifier: Apache-2.0

extension PaxForm {
    /// The pax records for what the ustar header cannot say.
    static func records(_ entry: ArchiveEntry, name: [UInt8], stored: Int64) -> [UInt8] {
        var records = PaxRecords()
        if name.count > UstarHeader.nameCapacity, entry.extents == nil {
            records.add("path", name)
        }
        switch entry.kind {
        case .symbolicLink(let target), .hardLink(let target):
            if target.count > UstarHeader.nameCapacity {
                records.add("linkpath", target)
            }
        default: break
        }
        if stored > UstarHeader.largestLong {
            records.add("size", stored)
        }
        if Int64(entry.user) > UstarHeader.largestShort {
            records.add("uid", Int64(entry.user))
        }
        if Int64(entry.group) > UstarHeader.largestShort {
            records.add("gid", Int64(entry.group))
        }
        let time = entry.modified
        if time.nanoseconds != 0 || time.seconds < 0 || time.seconds > UstarHeader.largestLong {
            records.add("mtime", time)
        }
        if isFractionBeforeEpoch(time) {
            records.add("ctime", Timestamp(seconds: -1))
        }
        if entry.extents != nil {
            // https://www.gnu.org/software/tar/manual/html_section/Sparse-Formats.html, "PAX 1"
            records.add("GNU.sparse.major", 1)
            records.add("GNU.sparse.minor", 0)
            records.add("GNU.sparse.name", entry.path)
            records.add("GNU.sparse.realsize", entry.size)
        }
        for attribute in entry.attributes {
            records.add(attribute)
        }
        return records.bytes
    }

    /// Times that libarchive misreads: it takes "-0.5" for 0.5, having no zero with a sign.
    ///
    /// A ctime of -1, which nothing else sets, tells our reader; other readers take the mtime as it stands.
    private static func isFractionBeforeEpoch(_ time: Timestamp) -> Bool {
        time.seconds == -1 && time.nanoseconds > 0
    }

    /// The map of GNU sparse format 1.0: count, then offset and length of each run, one number a line, padded.
    static func sparseMap(_ extents: [Extent], size: Int64) -> [UInt8] {
        var runs = extents
        if (extents.last?.end ?? 0) < size || extents.isEmpty {
            runs.append(Extent(offset: size, length: 0))
        }
        var map = Array("\(runs.count)\n".utf8)
        for run in runs {
            map += Array("\(run.offset)\n\(run.length)\n".utf8)
        }
        let block = UstarHeader.blockSize
        map += [UInt8](repeating: 0, count: (block - map.count % block) % block)
        return map
    }
}
