// SPDX-License-Identifier: Apache-2.0

import Archive
import JSONTree

@testable import LiveEnvironment

extension FuzzTarget {
    /// What image stores keep of a layer's tar.
    static let tarsplit = FuzzTarget(name: "tarsplit") { bytes in
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard case .file(let path, _) = TarSplitLine(line) else { continue }
            try hold(path.count <= line.count, "a name longer than its line")
        }
    }

    /// A tar that an image store takes apart: what is kept of it and the files' content are the tar again.
    static let layerTar = FuzzTarget(name: "layertar") { bytes in
        var input = Input(bytes)
        let size = input.choice(below: 64) * 17 + 1
        guard let record = try attempt({ try Self.record(of: input.pieces(of: size)) }) else { return }
        let tar = Array(input.rest)
        var again: [UInt8] = []
        for line in record.split(separator: UInt8(ascii: "\n")) {
            switch TarSplitLine(line) {
            case .bytes(let bytes): again += bytes
            case .file(_, let size):
                try hold(size >= 0 && size <= tar.count - again.count, "a file of \(size) bytes beyond the tar's end")
                again += tar[again.count..<again.count + Int(size)]
            case nil: throw Broken(description: "a line of ours that cannot be read: \(line)")
            }
        }
        try hold(again == tar, "the tar is another one: \(again.count) bytes instead of \(tar.count)")
    }

    private static func record(of pieces: [[UInt8]]) throws -> [UInt8] {
        var compressed: [UInt8] = []
        let recorder = try TarSplitRecorder { compressed += $0 }
        for piece in pieces { try piece.withUnsafeBytes { try recorder.feed($0) } }
        try recorder.finish()
        let stream = try GzipDecompressor(source: Input.source(compressed))
        return try Input.readAll(limit: 64 << 20, stream.read)
    }

    /// containerd's database.
    static let bolt = FuzzTarget(name: "bolt") { bytes in
        _ = try attempt {
            let file = try BoltFile(bytes)
            let entries = try file.entries(of: [])
            try hold(entries.count <= bytes.count, "more entries than bytes")
            for bucket in entries.prefix(16) where bucket.isBucket { _ = try file.entries(in: bucket) }
            for snapshot in try file.entries(of: ["v1", "snapshots"]).prefix(16) where snapshot.isBucket {
                _ = try file.entries(in: snapshot)
            }
        }
    }

    /// What the kernel tells of processes, some of it in words that containers choose.
    static let processes = FuzzTarget(name: "processes") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let table = MountTable(text)
        for path in ["/", "/var/lib/docker/volumes/a b/_data"] { _ = table.mount(of: path)?.inside(path) }
        _ = table.whole("0:30")
        let lines = text.split(separator: "\n").map { (name: String($0.prefix(4)), address: String($0)) }
        _ = InterfaceReader.records(lines, routes: text)
    }
}
