// SPDX-License-Identifier: Apache-2.0
// proc_locks(5). A note of the holder's pid in the lock file would have to be written, which fails on a full disk,
// and would outlive its writer; the kernel's own list does neither.

import Glibc
import SystemPackage

/// Who holds a flock(2) lock, as far as this machine's kernel tells.
enum LockHolders {
    /// A process that holds a lock.
    struct Holder: CustomStringConvertible {
        let pid: pid_t
        /// The program, and the verb where it is this program's.
        let command: String?

        var description: String { "process \(pid)" + (command.map { " (\($0))" } ?? "") }
    }

    /// The holders of a file's lock; empty where the kernel does not tell, as for a process of another machine.
    static func of(_ path: FilePath) -> [Holder] {
        guard let status = try? FileStatus.of(path), let table = text(of: "/proc/locks") else { return [] }
        return pids(in: table, device: status.device, inode: status.inode).map { pid in
            let name = text(of: FilePath("/proc/\(pid)/comm"))?.split(separator: "\n").first.map(String.init)
            return Holder(pid: pid, command: name.map { verb(of: pid).isEmpty ? $0 : "\($0) \(verb(of: pid))" })
        }
    }

    /// What an envsnap was asked to do: its verb, and not the other arguments, which may say more than a message should.
    private static func verb(of pid: pid_t) -> String {
        let words = text(of: FilePath("/proc/\(pid)/cmdline"))?.split(separator: "\0").map(String.init) ?? []
        guard words.first?.split(separator: "/").last == "envsnap", words.count > 1 else { return "" }
        return words[1].allSatisfy { $0.isASCII && ($0.isLetter || $0 == "-") } ? words[1] : ""
    }

    /// Reads lines such as `1: FLOCK  ADVISORY  WRITE 1234 fe:00:5678 0 EOF`.
    ///
    /// A line of a process that waits has `->` after its number; one of a process that cannot be seen from here has
    /// the pid 0.
    static func pids(in table: String, device: dev_t, inode: ino_t) -> [pid_t] {
        let major = (device >> 8) & 0xfff | (device >> 32) & ~0xfff
        let minor = device & 0xff | (device >> 12) & ~0xff
        var found: [pid_t] = []
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count >= 6, fields[1] == "FLOCK", let pid = pid_t(fields[4]), pid > 0 else { continue }
            let place = fields[5].split(separator: ":")
            guard place.count == 3, dev_t(place[0], radix: 16) == major, dev_t(place[1], radix: 16) == minor,
                ino_t(place[2]) == inode, !found.contains(pid)
            else { continue }
            found.append(pid)
        }
        return found
    }

    private static func text(of path: FilePath) -> String? {
        guard let descriptor = try? openDescriptor(path, O_RDONLY) else { return nil }
        defer { try? descriptor.close() }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while let count = try? chunk.withUnsafeMutableBytes({ try descriptor.read(into: $0) }), count > 0 {
            bytes += chunk[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
