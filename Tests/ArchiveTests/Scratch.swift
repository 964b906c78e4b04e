// SPDX-License-Identifier: Apache-2.0

import Foundation
import SystemPackage
import Testing

@testable import Archive

/// A folder for one test, removed with the test.
final class Scratch {
    let path: String

    init() throws {
        var template = Array("/tmp/archive-tests-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw CocoaError(.fileWriteUnknown) }
        path = String(cString: made)
    }

    deinit {
        _ = try? Shell.run("rm", "-rf", path)
    }

    /// A new folder in it.
    func folder(_ name: String) throws -> String {
        let folder = "\(path)/\(name)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        return folder
    }

    func file(_ name: String) -> String { "\(path)/\(name)" }
}

/// Packs a folder or file into memory.
@discardableResult
func pack(
    _ path: String, options: TreePacker.Options = .init(), summary: inout PackSummary
) throws -> [UInt8] {
    let root = try FileDescriptor.open(FilePath(path), .readOnly)
    return try root.closeAfter {
        let collected = Collector()
        let writer = PaxWriter(sink: collected.take)
        summary = try TreePacker(options: options).pack(root, into: writer)
        try writer.finish()
        return collected.bytes
    }
}

func pack(_ path: String, options: TreePacker.Options = .init()) throws -> [UInt8] {
    var summary = PackSummary()
    return try pack(path, options: options, summary: &summary)
}

/// An archive of the entries, files filled with "x".
func archive(_ entries: [ArchiveEntry]) throws -> [UInt8] {
    let collected = Collector()
    let writer = PaxWriter(sink: collected.take)
    for entry in entries {
        try writer.append(entry, bytes: [UInt8](repeating: UInt8(ascii: "x"), count: Int(entry.dataSize)))
    }
    try writer.finish()
    return collected.bytes
}

@discardableResult
func extract(
    _ archive: [UInt8], to path: String, options: TreeExtractor.Options = .ownSnapshot
) throws -> ExtractSummary {
    let root = try FileDescriptor.open(FilePath(path), .readOnly, options: .directory)
    return try root.closeAfter {
        try TreeExtractor(options: options).extract(PaxReader(source: memorySource(archive)), into: root)
    }
}

/// All entries of an archive, with the content of its files.
func entries(_ archive: [UInt8]) throws -> [(entry: ArchiveEntry, content: [UInt8])] {
    let reader = try PaxReader(source: memorySource(archive))
    var found: [(ArchiveEntry, [UInt8])] = []
    while let entry = try reader.next() {
        found.append((entry, try reader.readAll(limit: 100 << 20)))
    }
    return found
}

/// A source that gives the bytes in odd portions.
func memorySource(_ bytes: [UInt8], step: Int = 10_007) -> ByteSource {
    var position = 0
    return { buffer in
        let count = min(step, buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
}

/// Takes what a sink is given.
final class Collector {
    private(set) var bytes: [UInt8] = []
    private(set) var largestChunk = 0

    func take(_ chunk: UnsafeRawBufferPointer) {
        bytes += chunk
        largestChunk = max(largestChunk, chunk.count)
    }
}

/// The code of the error that `body` throws.
func code(_ body: () throws -> Void) -> ArchiveError.Code? {
    do {
        try body()
    } catch let error as ArchiveError {
        return error.code
    } catch {
        Issue.record("another error: \(error)")
    }
    return nil
}
