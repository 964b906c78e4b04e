// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What GNU find, getfattr and sha256sum say of a tree: a walk that shares no code with the packer or the extractor.
struct TreeManifest: Equatable {
    struct Object: Equatable {
        var fields: [String]
        /// The first path, by bytes, with the same inode.
        var firstLink: [UInt8]
    }

    var objects: [[UInt8]: Object] = [:]
    var attributes: [String]
    var contents: [[UInt8]: [UInt8]] = [:]

    init(_ root: String) throws {
        let format = "%P\\0%i\\0%y\\0%m\\0%U\\0%G\\0%T@\\0%s\\0%l\\0%n\\0"
        let fields = try Shell.run("find", ".", "-printf", format, in: root)
            .split(separator: 0, omittingEmptySubsequences: false).dropLast()
        var firstLinks: [[UInt8]: [UInt8]] = [:]
        var found: [(path: [UInt8], fields: [ArraySlice<UInt8>])] = []
        for start in stride(from: fields.startIndex, to: fields.endIndex, by: 10) {
            found.append((Array(fields[start]), Array(fields[(start + 1)..<(start + 10)])))
        }
        found.sort { $0.path.lexicographicallyPrecedes($1.path) }
        for (path, fields) in found {
            var texts = fields.map { $0.map { String(format: "%02x", $0) }.joined() }
            let kind = String(decoding: fields[1], as: UTF8.self)
            texts[0] = kind == "c" || kind == "b" ? try TreeManifest.device(path, root) : ""
            if kind == "d" { (texts[6], texts[8]) = ("", "") }
            let inode = Array(fields[0])
            let first = firstLinks[inode] ?? path
            firstLinks[inode] = first
            objects[path] = Object(fields: texts, firstLink: first)
        }
        attributes = String(
            decoding: try Shell.run("getfattr", "-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", ".", in: root),
            as: UTF8.self
        ).components(separatedBy: "\n\n").sorted()
        let sums = try Shell.run(
            "sh", "-c", "find . -type f -print0 | xargs -0 -r sha256sum -z", in: root)
        for line in sums.split(separator: 0) {
            contents[Array(line.dropFirst(68))] = Array(line.prefix(64))
        }
    }

    private static func device(_ path: [UInt8], _ root: String) throws -> String {
        let numbers = try Shell.run("xargs", "-0", "stat", "-c", "%t:%T", "--", input: path, in: root)
        return String(decoding: numbers, as: UTF8.self)
    }

    /// What differs, for a failing test.
    func differences(_ other: TreeManifest) -> [String] {
        var found: [String] = []
        for path in Set(objects.keys).union(other.objects.keys) where objects[path] != other.objects[path] {
            found.append(
                "\(Data(path)) \(String(decoding: path, as: UTF8.self)): \(String(describing: objects[path])) <> "
                    + String(describing: other.objects[path]))
        }
        for path in Set(contents.keys).union(other.contents.keys) where contents[path] != other.contents[path] {
            found.append("content of \(String(decoding: path, as: UTF8.self))")
        }
        found += Set(attributes).symmetricDifference(other.attributes)
        return found
    }
}
