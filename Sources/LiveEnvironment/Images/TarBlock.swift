// SPDX-License-Identifier: Apache-2.0

/// One header block of a tar, as far as its outline needs it (POSIX.1-2017, pax; GNU tar manual, "Basic Tar Format").
struct TarBlock {
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The type flag.
    var kind: UInt8 { bytes[156] }

    /// Whether bytes follow: links, devices, folders and pipes have none, whatever their size says.
    var hasContent: Bool { !(UInt8(ascii: "1")...UInt8(ascii: "6")).contains(kind) }

    /// The name, put together with the prefix that POSIX has and GNU has not.
    var name: [UInt8] {
        let name = text(0..<100)
        guard bytes[257..<263] == Array("ustar\0".utf8)[...] else { return name }
        let prefix = text(345..<500)
        return prefix.isEmpty ? name : prefix + [UInt8(ascii: "/")] + name
    }

    /// The size: octal digits, or base 256 where the highest bit is set.
    func size() throws(TarSplitRecorder.Unsupported) -> Int64 {
        let field = bytes[124..<136]
        if bytes[124] & 0x80 != 0 {
            var size: Int64 = 0
            for byte in field.dropFirst(4) { size = size << 8 | Int64(byte) }
            guard size >= 0, field.prefix(4) == [0x80, 0, 0, 0] else { throw TarSplitRecorder.Unsupported() }
            return size
        }
        let digits = field.filter { $0 != 0 && $0 != UInt8(ascii: " ") }
        guard let size = digits.isEmpty ? 0 : Int64(String(decoding: digits, as: UTF8.self), radix: 8), size >= 0 else {
            throw TarSplitRecorder.Unsupported()
        }
        return size
    }

    /// The records of an extended header: `LENGTH KEY=VALUE\n`.
    static func paxRecords(_ bytes: [UInt8]) throws(TarSplitRecorder.Unsupported) -> [(String, [UInt8])] {
        var records: [(String, [UInt8])] = []
        var rest = bytes[...]
        while let first = rest.first, first != 0 {
            guard let space = rest.firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: rest[..<space], as: UTF8.self)), length > 0, length <= rest.count,
                let equals = rest[space...].firstIndex(of: UInt8(ascii: "=")),
                equals < rest.startIndex + length - 1
            else { throw TarSplitRecorder.Unsupported() }
            let end = rest.startIndex + length
            let key = String(decoding: rest[(space + 1)..<equals], as: UTF8.self)
            records.append((key, Array(rest[(equals + 1)..<(end - 1)])))
            rest = rest[end...]
        }
        return records
    }

    private func text(_ range: Range<Int>) -> [UInt8] { Array(bytes[range].prefix { $0 != 0 }) }
}
