// SPDX-License-Identifier: Apache-2.0

/// A tar written byte by byte, by nothing of the project's own, so that every field can lie.
struct RawTar {
    /// One header block (POSIX.1-2017, pax, "ustar Interchange Format"); the fields are raw bytes.
    struct Header {
        var name: [UInt8]
        var mode = Array("0000644\0".utf8)
        var user = Array("0000000\0".utf8)
        var group = Array("0000000\0".utf8)
        var size: [UInt8]
        var time = Array("00000000000\0".utf8)
        var checksum: [UInt8]?
        var type: UInt8
        var link: [UInt8] = []
        var magic = Array("ustar\u{0}00".utf8)
        var major = Array("0000000\0".utf8)
        var minor = Array("0000000\0".utf8)
        var prefix: [UInt8] = []

        init(_ name: String, size: Int = 0, type: Character = "0") {
            self.init(Array(name.utf8), size: size, type: type)
        }

        init(_ name: [UInt8], size: Int = 0, type: Character = "0") {
            self.name = name
            self.size = RawTar.octal(size, width: 11) + [0]
            self.type = type.asciiValue ?? 0
        }

        /// The 512 bytes.
        var block: [UInt8] {
            var block = field(name, 100) + field(mode, 8) + field(user, 8) + field(group, 8) + field(size, 12)
            block += field(time, 12) + [UInt8](repeating: 0x20, count: 8) + [type] + field(link, 100)
            block += field(magic, 8) + field(Array("root".utf8), 32) + field(Array("root".utf8), 32)
            block += field(major, 8) + field(minor, 8) + field(prefix, 155)
            block += [UInt8](repeating: 0, count: 512 - block.count)
            let sum = block.reduce(0) { $0 + Int($1) }
            block.replaceSubrange(148..<156, with: field(checksum ?? RawTar.octal(sum, width: 6) + [0, 0x20], 8))
            return block
        }

        private func field(_ bytes: [UInt8], _ width: Int) -> [UInt8] {
            Array(bytes.prefix(width)) + [UInt8](repeating: 0, count: max(0, width - bytes.count))
        }
    }

    /// What was written so far.
    var bytes: [UInt8] = []

    static func octal(_ number: Int, width: Int) -> [UInt8] {
        let digits = String(number, radix: 8)
        return Array((String(repeating: "0", count: max(0, width - digits.count)) + digits).utf8)
    }

    /// The bytes up to whole blocks.
    static func padded(_ bytes: [UInt8]) -> [UInt8] {
        bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
    }

    /// A header and what stands behind it.
    mutating func add(_ header: Header, _ body: [UInt8] = []) { bytes += header.block + Self.padded(body) }

    /// A plain file.
    mutating func file(_ name: String, _ body: String = "four") {
        add(Header(name, size: body.utf8.count), Array(body.utf8))
    }

    /// A folder.
    mutating func folder(_ name: String) {
        var header = Header(name.hasSuffix("/") ? name : name + "/", type: "5")
        header.mode = Array("0000755\0".utf8)
        add(header)
    }

    /// A link of either kind.
    mutating func link(_ name: String, to target: String, type: Character = "2") {
        var header = Header(name, type: type)
        header.link = Array(target.utf8)
        add(header)
    }

    /// A device file.
    mutating func device(_ name: String, _ major: Int, _ minor: Int, type: Character = "3") {
        var header = Header(name, type: type)
        header.major = Self.octal(major, width: 7) + [0]
        header.minor = Self.octal(minor, width: 7) + [0]
        add(header)
    }

    /// A pax header for what comes next, or, as `g`, for all that comes.
    mutating func pax(_ records: [(String, [UInt8])], type: Character = "x") {
        let body = records.flatMap { Self.record($0.0, $0.1) }
        add(Header("PaxHeaders/x", size: body.count, type: type), body)
    }

    mutating func pax(_ key: String, _ value: String, type: Character = "x") {
        pax([(key, Array(value.utf8))], type: type)
    }

    /// `LENGTH KEY=VALUE\n`, where the length counts itself.
    static func record(_ key: String, _ value: [UInt8]) -> [UInt8] {
        let rest = Array(" \(key)=".utf8) + value + [0x0A]
        var length = rest.count + 1
        while String(length).utf8.count + rest.count != length { length = String(length).utf8.count + rest.count }
        return Array(String(length).utf8) + rest
    }

    /// A GNU header with the next entry's long name (`L`) or link target (`K`).
    mutating func gnuLong(_ name: String, type: Character = "L") {
        var header = Header("././@LongLink", size: name.utf8.count + 1, type: type)
        header.magic = Array("ustar  \0".utf8)
        add(header, Array(name.utf8) + [0])
    }

    /// The end mark.
    mutating func end() { bytes += [UInt8](repeating: 0, count: 1024) }

    /// A whole archive.
    static func archive(_ build: (inout RawTar) -> Void) -> [UInt8] {
        var tar = RawTar()
        build(&tar)
        tar.end()
        return tar.bytes
    }
}
