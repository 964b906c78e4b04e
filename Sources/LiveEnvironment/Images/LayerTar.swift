// SPDX-License-Identifier: Apache-2.0
import Archive
import Glibc

/// Puts the exact tar of a layer together again from what the classic image store kept of it.
///
/// The store unpacks a layer into a folder and keeps beside it what the tar had around the files, so that `docker save`
/// can write it once more. Doing the same here spares the engine and its stream. Whoever asks compares the digest.
struct LayerTar {
    /// Where the layer's `tar-split.json.gz` lies.
    let recipe: String
    /// The folder that the layer was unpacked to.
    let folder: String

    /// Writes the tar.
    ///
    /// - Throws: the sink's error, or `LiveEnvironmentError` where something is not there as the recipe says.
    func write(to sink: ByteSink) throws {
        var content = [UInt8](repeating: 0, count: 1 << 20)
        try forEachPart { part in
            switch part {
            case .bytes(let bytes): try bytes.withUnsafeBytes(sink)
            case .file(let path, let size) where size > 0: try copy(path, size, buffer: &content, to: sink)
            case .file: break
            }
        }
    }

    /// The length of the tar, which the recipe alone tells.
    func size() throws -> Int64 {
        var size: Int64 = 0
        try forEachPart { part in
            switch part {
            case .bytes(let bytes): size += Int64(bytes.count)
            case .file(_, let length): size += max(0, length)
            }
        }
        return size
    }

    private func forEachPart(_ body: (TarSplitLine) throws -> Void) throws {
        let descriptor = Glibc.open(recipe, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(recipe) }
        defer { close(descriptor) }
        let lines = try GzipDecompressor(source: { buffer in
            let count = read(descriptor, buffer.baseAddress, buffer.count)
            guard count >= 0 else { throw unreadable(recipe) }
            return count
        })
        try forEachLine(of: lines) { line in
            guard let part = TarSplitLine(line) else { throw unreadable(recipe) }
            try body(part)
        }
    }

    private func forEachLine(of source: GzipDecompressor, _ body: (ArraySlice<UInt8>) throws -> Void) throws {
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        var pending: [UInt8] = []
        while true {
            let count = try chunk.withUnsafeMutableBytes { try source.read(into: $0) }
            guard count > 0 else { break }
            var rest = chunk[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                if pending.isEmpty {
                    try body(rest[..<end])
                } else {
                    pending += rest[..<end]
                    try body(pending[...])
                    pending.removeAll(keepingCapacity: true)
                }
                rest = rest[(end + 1)...]
            }
            pending += rest
        }
        if !pending.isEmpty { try body(pending[...]) }
    }

    private func copy(_ path: [UInt8], _ size: Int64, buffer: inout [UInt8], to sink: ByteSink) throws {
        let full = Array(folder.utf8) + [UInt8(ascii: "/")] + path + [0]
        // Without O_NONBLOCK a pipe in the place of a file would be waited for.
        let descriptor = full.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { name in
                name.baseAddress.map { Glibc.open($0, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) } ?? -1
            }
        }
        guard descriptor >= 0 else { throw unreadable(String(decoding: full.dropLast(), as: UTF8.self)) }
        defer { close(descriptor) }
        var left = size
        while left > 0 {
            let wanted = Int(min(left, Int64(buffer.count)))
            let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, wanted) }
            guard count > 0 else { throw unreadable(String(decoding: full.dropLast(), as: UTF8.self)) }
            try buffer.withUnsafeBytes { try sink(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
            left -= Int64(count)
        }
    }

    private func unreadable(_ path: String) -> LiveEnvironmentError {
        LiveEnvironmentError(.dataOutOfReach, "\(path) is not what the engine's image store says of it")
    }
}
