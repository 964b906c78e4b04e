// SPDX-License-Identifier: Apache-2.0
public import Archive
import JSONTree

/// Records what a tar has around its files while it goes by, so that an engine can write the same tar again.
///
/// The counterpart of `LayerTar`; see https://github.com/vbatts/tar-split (`tar/asm/disassemble.go`).
public final class TarSplitRecorder {
    /// The bytes are no tar, or one with a feature of which engines make no layers.
    public struct Unsupported: Error {}

    private enum State {
        case header
        case payload(left: Int64)
        case metadata(kind: UInt8, left: Int64)
        case ended
    }

    private static let blockSize = 512
    private let compressor: GzipCompressor
    private var state = State.header
    private var padding = 0
    private var block: [UInt8] = []
    private var segment: [UInt8] = []
    private var metadata: [UInt8] = []
    private var nextName: [UInt8]?
    private var nextSize: Int64?
    private var current: (name: [UInt8], size: Int64) = ([], 0)
    private var checksum = CRC64()
    private var position = 0
    /// The sum of the files' sizes, which an image store notes as the layer's.
    public private(set) var contentSize: Int64 = 0

    /// A recorder that gives `tar-split.json.gz` to the sink.
    public init(sink: @escaping ByteSink) throws { compressor = try GzipCompressor(sink: sink) }

    /// Takes the next bytes of the tar.
    public func feed(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            switch state {
            case .header: try feedHeader(&rest)
            case .payload(let left):
                let part = rest.prefix(Int(clamping: left))
                checksum.update(UnsafeRawBufferPointer(rebasing: part))
                rest = rest.dropFirst(part.count)
                try continuePayload(left - Int64(part.count))
            case .metadata(let kind, let left):
                let part = rest.prefix(Int(clamping: left))
                segment += part
                metadata += part
                guard metadata.count <= 1 << 24 else { throw Unsupported() }
                rest = rest.dropFirst(part.count)
                try continueMetadata(kind, left - Int64(part.count))
            case .ended:
                segment += rest
                rest = rest.dropFirst(rest.count)
                if segment.count > 1 << 20 { try writeSegment() }
            }
        }
    }

    /// Writes what is left, and ends the stream.
    public func finish() throws {
        switch state {
        case .header where block.isEmpty, .ended: break
        default: throw Unsupported()
        }
        try writeSegment()
        try compressor.finish()
    }

    private func feedHeader(_ rest: inout UnsafeRawBufferPointer.SubSequence) throws {
        if padding > 0 {
            let part = rest.prefix(padding)
            segment += part
            padding -= part.count
            rest = rest.dropFirst(part.count)
            return
        }
        let part = rest.prefix(Self.blockSize - block.count)
        block += part
        rest = rest.dropFirst(part.count)
        guard block.count == Self.blockSize else { return }
        segment += block
        defer { block.removeAll(keepingCapacity: true) }
        if block.allSatisfy({ $0 == 0 }) {
            state = .ended
        } else {
            try begin(TarBlock(block))
        }
    }

    private func begin(_ header: TarBlock) throws {
        let size = try nextSize ?? header.size()
        switch header.kind {
        case UInt8(ascii: "x"), UInt8(ascii: "g"), UInt8(ascii: "L"), UInt8(ascii: "K"):
            let own = try header.size()
            metadata = []
            state = .metadata(kind: header.kind, left: own)
            if own == 0 { try continueMetadata(header.kind, 0) }
        case UInt8(ascii: "S"): throw Unsupported()
        default:
            current = (nextName ?? header.name, header.hasContent ? size : 0)
            nextName = nil
            nextSize = nil
            checksum = CRC64()
            try writeSegment()
            state = .payload(left: current.size)
            if current.size == 0 { try continuePayload(0) }
        }
    }

    private func continuePayload(_ left: Int64) throws {
        guard left == 0 else {
            state = .payload(left: left)
            return
        }
        try writeFile()
        contentSize += current.size
        padding = Self.padding(current.size)
        state = .header
    }

    private func continueMetadata(_ kind: UInt8, _ left: Int64) throws {
        guard left == 0 else {
            state = .metadata(kind: kind, left: left)
            return
        }
        padding = Self.padding(Int64(metadata.count))
        state = .header
        if kind == UInt8(ascii: "L") { nextName = Array(metadata.prefix { $0 != 0 }) }
        guard kind == UInt8(ascii: "x") else { return }
        for (key, value) in try TarBlock.paxRecords(metadata) {
            switch key {
            case "path": nextName = value
            case "size":
                guard let size = Int64(String(decoding: value, as: UTF8.self)), size >= 0 else { throw Unsupported() }
                nextSize = size
            case _ where key.hasPrefix("GNU.sparse."): throw Unsupported()
            default: break
            }
        }
    }

    private static func padding(_ size: Int64) -> Int { Int((512 - size % 512) % 512) }

    private func writeSegment() throws {
        guard !segment.isEmpty else { return }
        try write(#"{"type":2,"payload":"\#(Base64Text.encode(segment))","position":\#(position)}"#)
        segment.removeAll(keepingCapacity: true)
    }

    private func writeFile() throws {
        var line = #"{"type":1,"#
        if let name = String(validating: current.name, as: UTF8.self) {
            line += #""name":\#(JSONValue.string(name).canonicalText),"#
        } else {
            line += #""name_raw":"\#(Base64Text.encode(current.name))","#
        }
        if current.size > 0 { line += #""size":\#(current.size),"# }
        let payload = current.size > 0 ? "\"\(Base64Text.encode(checksum.bytes))\"" : "null"
        try write(line + #""payload":\#(payload),"position":\#(position)}"#)
    }

    private func write(_ line: String) throws {
        var line = line + "\n"
        try line.withUTF8 { try compressor.write(UnsafeRawBufferPointer($0)) }
        position += 1
    }
}
