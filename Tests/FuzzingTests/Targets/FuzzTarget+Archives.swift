// SPDX-License-Identifier: Apache-2.0

@testable import Archive
@testable import Sharing

extension FuzzTarget {
    private static let limit = 16 << 20

    /// Tar archives: every entry, its data in either way.
    static let tar = FuzzTarget(name: "tar") { bytes in
        var input = Input(bytes)
        let way = input.choice(below: 3)
        _ = try attempt {
            let reader = try PaxReader(source: Input.source(input.rest, pieces: way == 0 ? 7 : 4096))
            var total = 0
            while let entry = try reader.next(), total < Self.limit {
                try hold(entry.size >= 0 && entry.dataSize >= 0 && entry.dataSize <= entry.size, "sizes of \(entry)")
                try hold(entry.mode <= 0o7777, "the mode of \(entry)")
                try hold(!entry.path.isEmpty || !entry.path.contains(0), "the path of \(entry)")
                switch way {
                case 0: total += try reader.readAll(limit: 1 << 20).count
                case 1: try reader.readBody { bytes, _ in total += bytes.count }
                default: total += try Input.readAll(limit: Self.limit, reader.read).count
                }
            }
        }
    }

    /// Gzip streams, as those of image stores.
    static let gzip = FuzzTarget(name: "gzip") { bytes in
        _ = try attempt {
            let stream = try GzipDecompressor(source: Input.source(bytes, pieces: 4096))
            _ = try Input.readAll(limit: Self.limit, stream.read)
        }
    }

    /// Zstd streams, with and without a limit.
    static let zstd = FuzzTarget(name: "zstd") { bytes in
        var input = Input(bytes)
        let limit = input.choice(below: 2) == 0 ? Int64.max : 4096
        let rest = input.rest
        _ = try attempt {
            let stream = try ZstdDecompressor(limit: limit, source: Input.source(rest, pieces: 4096))
            let content = try Input.readAll(limit: Self.limit, stream.read)
            try hold(content.count <= limit, "more than the limit")
        }
    }

    /// Bundles, up to their end.
    static let bundle = FuzzTarget(name: "bundle") { bytes in
        _ = try attempt {
            let bundle = try BundleReader(source: Input.source(bytes))
            _ = try bundle.document()
            try bundle.readBlobs { _, source in _ = try Input.readAll(limit: Self.limit, source) }
        }
    }

    /// The stamps of a tree.
    static let stamps = FuzzTarget(name: "stamps") { bytes in
        _ = try attempt {
            var reader = try StampReader(Input.source(bytes, pieces: 100))
            while let (_, stamp) = reader.next {
                try hold(PathStamp(stamp.bytes[...]) == stamp, "a stamp becomes another one by writing it")
                try reader.advance()
            }
        }
    }
}
