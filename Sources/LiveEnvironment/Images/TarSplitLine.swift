// SPDX-License-Identifier: Apache-2.0
import JSONTree

/// One line of a `tar-split.json`: bytes of the tar as they were, or a file whose content stands in the layer's folder.
///
/// The format is that of https://github.com/vbatts/tar-split (`tar/storage/entry.go`).
enum TarSplitLine: Equatable {
    /// Headers and padding.
    case bytes([UInt8])
    /// The content of a file: its path in the layer, and how long it is.
    case file(path: [UInt8], size: Int64)

    /// Reads a line without its newline; nil where it is none of these.
    init?(_ line: ArraySlice<UInt8>) {
        if let payload = Self.quickPayload(line) {
            guard let bytes = Self.decodeBase64(payload) else { return nil }
            self = .bytes(bytes)
            return
        }
        guard let json = try? JSONValue(parsing: Array(line)) else { return nil }
        switch json["type"].int {
        case 1:
            let size = json["size"].int ?? 0
            // A name that is not UTF-8 stands in base64 beside the place of the name.
            if let raw = json["name_raw"].string {
                guard let path = Self.decodeBase64(Array(raw.utf8)[...]) else { return nil }
                self = .file(path: path, size: size)
            } else {
                guard let name = json["name"].string else { return nil }
                self = .file(path: Array(name.utf8), size: size)
            }
        case 2:
            guard let bytes = Self.decodeBase64(Array((json["payload"].string ?? "").utf8)[...]) else { return nil }
            self = .bytes(bytes)
        default: return nil
        }
    }

    /// The payload of most lines, which is most of the file, without a look at each character.
    private static func quickPayload(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard line.starts(with: prefix) else { return nil }
        let rest = line.dropFirst(prefix.count)
        guard let end = rest.firstIndex(of: UInt8(ascii: "\"")) else { return nil }
        return rest[..<end]
    }

    private static let prefix = Array(#"{"type":2,"payload":""#.utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (value, character) in alphabet.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// Decodes base64 with padding (RFC 4648, section 4); nil where it is none.
    static func decodeBase64(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let length = text.count / 4 * 3 - padding
        var isSound = true
        let bytes = [UInt8](unsafeUninitializedCapacity: text.count / 4 * 3) { buffer, count in
            text.withUnsafeBufferPointer { text in
                values.withUnsafeBufferPointer { values in
                    var written = 0
                    for start in stride(from: 0, to: text.count, by: 4) {
                        var group: UInt32 = 0
                        for offset in start..<start + 4 {
                            let value = values[Int(text[offset])]
                            if value == 0xFF, offset < text.count - padding { isSound = false }
                            group = group << 6 | UInt32(value & 0x3F)
                        }
                        buffer[written] = UInt8(truncatingIfNeeded: group >> 16)
                        buffer[written + 1] = UInt8(truncatingIfNeeded: group >> 8)
                        buffer[written + 2] = UInt8(truncatingIfNeeded: group)
                        written += 3
                    }
                }
            }
            count = length
        }
        return isSound ? bytes : nil
    }
}
