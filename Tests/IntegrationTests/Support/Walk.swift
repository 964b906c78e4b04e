// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A walk over a folder with the system's own calls and `sha256sum`: what two equal trees agree in.
struct Walk: Equatable {
    /// For each path, odd bytes escaped, all that is known of it on one line.
    let facts: [String: String]

    /// Walks everything below a folder, and the folder itself as `.`; paths that begin as said are left out.
    init(_ folder: String, leavingOut: [String] = []) throws {
        var walker = Walker(root: Array(folder.utf8))
        try walker.visit([])
        let sums = try walker.sums()
        let attributes = try walker.attributes()
        var facts: [String: String] = [:]
        for (path, fact) in walker.found {
            let name = Walker.escaped(path)
            guard !leavingOut.contains(where: { name == $0 || name.hasPrefix($0 + "/") }) else { continue }
            facts[name.isEmpty ? "." : name] =
                fact + (sums[path].map { " sha256=\($0)" } ?? "") + (attributes[path] ?? "")
        }
        self.facts = facts
    }

    /// What differs in another walk, for people.
    func differences(from other: Walk) -> [String] {
        Set(facts.keys).union(other.facts.keys).sorted().compactMap { path in
            let (mine, others) = (facts[path] ?? "is not there", other.facts[path] ?? "is not there")
            return mine == others ? nil : "\(path): \(mine) || \(others)"
        }
    }
}

/// The state of a walk.
private struct Walker {
    let root: [UInt8]
    var found: [[UInt8]: String] = [:]
    private var contents: [[UInt8]] = []
    private var firstNames: [UInt64: [UInt8]] = [:]

    // The C library's macros (lseek(2)) do not reach Swift.
    private static let seekData: Int32 = 3
    private static let seekHole: Int32 = 4

    init(root: [UInt8]) { self.root = root }

    private func absolute(_ path: [UInt8]) -> [CChar] {
        (root + (path.isEmpty ? [] : [0x2f]) + path + [0]).map { CChar(bitPattern: $0) }
    }

    mutating func visit(_ path: [UInt8]) throws {
        let name = absolute(path)
        var status = stat()
        guard lstat(name, &status) == 0 else { throw failure("lstat", path) }
        var words = [
            "mode=\(String(status.st_mode, radix: 8))", "owner=\(status.st_uid):\(status.st_gid)",
            "mtime=\(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)",
        ]
        switch status.st_mode & S_IFMT {
        case S_IFDIR:
            found[path] = words.joined(separator: " ")
            for child in try children(name) { try visit(path.isEmpty ? child : path + [0x2f] + child) }
            return
        case S_IFREG:
            words.append("size=\(status.st_size) data=\(try segments(name))")
            contents.append(path)
        case S_IFLNK:
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = buffer.withUnsafeMutableBytes { $0.baseAddress.map { readlink(name, $0, 4096) } ?? 0 }
            words.append("target=\(Self.escaped(Array(buffer.prefix(max(0, count)))))")
        case S_IFCHR, S_IFBLK: words.append("device=\(status.st_rdev)")
        default: break
        }
        // Overlayfs links whiteouts (overlayfs.rst, "whiteouts and opaque directories") as it likes.
        let isWhiteout = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0
        if status.st_nlink > 1, !isWhiteout {
            let first = firstNames[UInt64(status.st_ino)] ?? path
            firstNames[UInt64(status.st_ino)] = first
            words.append("links=\(status.st_nlink) first=\(Self.escaped(first))")
        }
        found[path] = words.joined(separator: " ")
    }

    private func children(_ name: [CChar]) throws -> [[UInt8]] {
        guard let handle = opendir(name) else { throw failure("opendir", []) }
        defer { closedir(handle) }
        var names: [[UInt8]] = []
        while let entry = readdir(handle) {
            let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            if bytes != [0x2e], bytes != [0x2e, 0x2e] { names.append(bytes) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Where a file has data, holes left out.
    private func segments(_ name: [CChar]) throws -> String {
        let file = open(name, O_RDONLY)
        guard file >= 0 else { throw failure("open", []) }
        defer { close(file) }
        fsync(file)
        var ranges: [String] = []
        var offset: off_t = 0
        while ranges.count < 1000 {
            let start = lseek(file, offset, Self.seekData)
            guard start >= 0 else { break }
            offset = lseek(file, start, Self.seekHole)
            ranges.append("\(start)-\(offset)")
        }
        return ranges.joined(separator: ",")
    }

    /// The sums of all files' content, by the program `sha256sum`.
    func sums() throws -> [[UInt8]: String] {
        guard !contents.isEmpty else { return [:] }
        let list = URL(filePath: "/tmp/envsnap-test-walk-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: list) }
        try Data(contents.flatMap { root + ($0.isEmpty ? [] : [0x2f]) + $0 + [0] }).write(to: list)
        let output = try Command.run("xargs", "-0", "-a", list.path, "sha256sum", "-z")
        let sums = output.split(separator: "\0").map { String($0.prefix(64)) }
        return Dictionary(uniqueKeysWithValues: zip(contents, sums))
    }

    /// Extended attributes, ACLs among them, by the program `getfattr`; overlayfs keeps some for itself.
    func attributes() throws -> [[UInt8]: String] {
        let output = try Command.run(
            "getfattr", "-hRP", "--absolute-names", "-m", "-", "-d", "-e", "hex", String(decoding: root, as: UTF8.self))
        var found: [String: String] = [:]
        for block in output.components(separatedBy: "# file: ").dropFirst() {
            let lines = block.split(separator: "\n").map(String.init)
            let kept = lines.dropFirst().filter { !$0.hasPrefix("trusted.overlay.") || $0.contains(".opaque=") }
            if !kept.isEmpty { found[lines[0]] = kept.sorted().map { " " + $0 }.joined() }
        }
        return Dictionary(
            uniqueKeysWithValues: self.found.keys.compactMap { path in
                let name = String(decoding: root + (path.isEmpty ? [] : [0x2f]) + path, as: UTF8.self)
                let quoted = name.replacingOccurrences(of: "\\", with: "\\134")
                    .replacingOccurrences(of: "\n", with: "\\012")
                return found[quoted].map { (path, $0) }
            })
    }

    static func escaped(_ bytes: [UInt8]) -> String {
        bytes.map { (0x21..<0x7f).contains($0) && $0 != 0x25 ? String(UnicodeScalar($0)) : "%\(String($0, radix: 16))" }
            .joined()
    }

    private func failure(_ call: String, _ path: [UInt8]) -> any Error {
        POSIXError(
            POSIXErrorCode(rawValue: errno) ?? .EIO,
            userInfo: ["call": call, "path": "\(String(decoding: root, as: UTF8.self))/\(Self.escaped(path))"])
    }
}
