// SPDX-License-Identifier: Apache-2.0
/// The mounts that a process sees (`/proc/PID/mountinfo`, proc_pid_mountinfo(5)).
struct MountTable {
    /// A file system, or a part of one, at a place.
    struct Mount: Equatable {
        /// The file system's number.
        let device: String
        /// What of the file system is mounted: `/` is all of it.
        let root: String
        /// Where it is mounted.
        let point: String

        /// A path below the mount as the file system has it; relative to its root.
        func inside(_ path: String) -> String? {
            path.below(point).map { String(root.appendingPath($0).dropFirst()) }
        }
    }

    private let mounts: [Mount]
    /// The kinds of file systems, by their numbers.
    private let kinds: [String: String]

    /// Reads a table.
    init(_ text: String) {
        mounts = text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            guard fields.count > 4 else { return nil }
            return Mount(
                device: String(fields[2]), root: Self.unescaped(fields[3]), point: Self.unescaped(fields[4]))
        }
        var kinds: [String: String] = [:]
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            // Behind the optional fields, which a dash ends.
            guard let dash = fields.firstIndex(of: "-"), dash + 1 < fields.count, fields.count > 2 else { continue }
            kinds[String(fields[2])] = String(fields[dash + 1])
        }
        self.kinds = kinds
    }

    /// The mount on which a path lies that leads through no symbolic link.
    func mount(of path: String) -> Mount? {
        let above = mounts.filter { path.below($0.point) != nil }
        let longest = above.map(\.point.utf8.count).max()
        // Of several at one place the last one hides the others.
        return above.last { $0.point.utf8.count == longest }
    }

    /// The kind of file system on which a path lies that leads through no symbolic link, as `ext4`.
    func kind(of path: String) -> String? { mount(of: path).flatMap { kinds[$0.device] } }

    /// A mount that shows all of a file system, but for what is hidden by mounts on it.
    func whole(_ device: String) -> Mount? {
        mounts.first { $0.device == device && $0.root == "/" && mount(of: $0.point) == $0 }
    }

    /// Blanks and the like are written as a backslash and three octal digits.
    private static func unescaped(_ field: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = String(decoding: rest.prefix(3), as: UTF8.self)
            if byte == UInt8(ascii: "\\"), digits.utf8.count == 3, let code = UInt8(digits, radix: 8) {
                bytes.append(code)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
