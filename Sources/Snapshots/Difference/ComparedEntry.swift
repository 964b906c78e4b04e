// SPDX-License-Identifier: Apache-2.0
import Archive
import EnvironmentModel
import JSONTree
import OCI

/// One entry of a data archive with what is compared of it.
struct ComparedEntry {
    let path: [UInt8]
    /// What it is, and how large.
    let facts: FileChange.Facts
    /// What it says, by the name of each property; content as a digest.
    let properties: [(name: String, value: JSONValue)]
    /// The content of a file, where it was to be kept.
    let content: [UInt8]?

    init(_ entry: ArchiveEntry, digest: Digest?, content: [UInt8]?) {
        path = entry.path
        self.content = content
        facts = FileChange.Facts(kind: Self.kind(entry.kind), size: entry.size)
        var properties: [(String, JSONValue)] = [
            ("kind", .string(facts.kind)), ("mode", .string(String(entry.mode, radix: 8))),
            ("owner", .string("\(entry.user):\(entry.group)")),
            ("time", .string("\(entry.modified.seconds).\(Self.nine(entry.modified.nanoseconds))")),
            ("attributes", .array(entry.attributes.filter(Self.isContent).map(Self.attribute))),
        ]
        if let digest { properties.append(("content", .string("\(entry.size) bytes, \(digest)"))) }
        self.properties = properties
    }

    private static func kind(_ kind: ArchiveEntry.Kind) -> String {
        switch kind {
        case .file: "file"
        case .directory: "folder"
        case .symbolicLink(let target): "link to \(text(target))"
        case .hardLink(let target): "same file as \(text(target))"
        case .fifo: "pipe"
        case .socket: "socket"
        case .characterDevice(let major, let minor): "character device \(major):\(minor)"
        case .blockDevice(let major, let minor): "block device \(major):\(minor)"
        }
    }

    /// Overlayfs keeps books in a writable layer (`impure`, `origin`, `uuid`); only some of its attributes say what a layer
    /// holds.
    private static func isContent(_ attribute: ExtendedAttribute) -> Bool {
        let name = text(attribute.name)
        return !name.hasPrefix("trusted.overlay.")
            || ["opaque", "redirect", "metacopy"].contains { name == "trusted.overlay.\($0)" }
    }

    private static func attribute(_ attribute: ExtendedAttribute) -> JSONValue {
        let value = attribute.value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return .string("\(text(attribute.name))=\(value)")
    }

    private static func nine(_ nanoseconds: Int32) -> String {
        let digits = String(nanoseconds)
        return String(repeating: "0", count: 9 - digits.count) + digits
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// Whether it comes before another one in an archive: depth first, names in the order of their bytes.
    func precedes(_ other: ComparedEntry) -> Bool { Self.precedes(path, other.path) }

    /// The same of their paths.
    static func precedes(_ path: [UInt8], _ other: [UInt8]) -> Bool {
        if path == other { return false }
        if path == Array(".".utf8) || other == Array(".".utf8) { return path == Array(".".utf8) }
        let slash = UInt8(ascii: "/")
        return path.lexicographicallyPrecedes(other) { ($0 == slash ? 0 : $0) < ($1 == slash ? 0 : $1) }
    }
}
