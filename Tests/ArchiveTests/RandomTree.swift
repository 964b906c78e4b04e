// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Makes a tree with everything that is hard to keep, from a seed.
struct RandomTree {
    private var generator: SplitMix
    private let root: [UInt8]
    private var files: [[UInt8]] = []

    static func make(_ root: String, seed: UInt64, count: Int = 120) throws {
        var tree = RandomTree(root: root, seed: seed)
        try tree.fill(count)
    }

    private init(root: String, seed: UInt64) {
        self.root = Array(root.utf8)
        generator = SplitMix(state: seed)
    }

    private mutating func fill(_ count: Int) throws {
        var folders = [root]
        for index in 0..<count {
            let folder = folders[Int.random(in: 0..<folders.count, using: &generator)]
            let path = folder + [UInt8(ascii: "/")] + name(index)
            guard path.count < 3000 else { continue }
            let kind = Int.random(in: 0..<20, using: &generator)
            switch kind {
            case 0..<5:
                check(call(path) { mkdir($0, 0o755) }, path)
                folders.append(path)
            case 5..<12:
                check(write(path), path)
                files.append(path)
            case 12: check(sparse(path), path)
            case 13, 14: check(call(path) { symlink("../\u{e9}/nowhere", $0) }, path)
            case 15: check(call(path) { mkfifo($0, 0o600) }, path)
            case 16 where geteuid() == 0:
                check(call(path) { mknod($0, S_IFCHR | 0o600, index % 2 == 0 ? 0 : 0x103) }, path)
            case 17 where geteuid() == 0: check(call(path) { mknod($0, S_IFBLK | 0o600, 0x700) }, path)
            default:
                guard let first = files.randomElement(using: &generator) else { continue }
                check(call(first) { from in call(path) { link(from, $0) } }, path)
                continue
            }
            try decorate(path, isLink: kind == 13 || kind == 14, isPlain: kind < 13, isFolder: kind < 5)
        }
        for folder in folders.reversed() {
            dress(folder, mode: [0o755, 0o555, 0o2775, 0o1777, 0o700, 0o500].randomElement(using: &generator) ?? 0o755)
        }
    }

    private mutating func name(_ index: Int) -> [UInt8] {
        let unique = Array("\(index)".utf8)
        let choices: [[UInt8]] = [
            Array("plain".utf8), Array("new\nline ".utf8), [0xff, 0xfe, 0x80], Array("cafe\u{301}".utf8),
            Array("caf\u{e9}".utf8), Array("a b\t=%25'\"\\".utf8), Array("-rf".utf8), Array(".hidden".utf8),
            [UInt8](repeating: UInt8(ascii: "L"), count: 255 - unique.count), Array("\u{1b}]0;pwn\u{7}".utf8),
        ]
        return (choices.randomElement(using: &generator) ?? []) + unique
    }

    private mutating func decorate(_ path: [UInt8], isLink: Bool, isPlain: Bool, isFolder: Bool) throws {
        if isPlain, Int.random(in: 0..<3, using: &generator) == 0 {
            let value = (0..<Int.random(in: 0..<40, using: &generator)).map { _ in
                String(format: "%02x", UInt8.random(in: 0...255, using: &generator))
            }.joined()
            try tool(["setfattr", "-h", "-n", "user.a =%25\u{e9}", "-v", "0x" + value], path)
            try tool(["setfattr", "-h", "-n", "user.b", "-v", "0x00ff3d0a"], path)
            if geteuid() == 0 { try tool(["setfattr", "-h", "-n", "trusted.overlay.opaque", "-v", "y"], path) }
        }
        if geteuid() == 0, isLink {
            try tool(["setfattr", "-h", "-n", "trusted.mark", "-v", "link"], path)
        }
        if isPlain, Int.random(in: 0..<4, using: &generator) == 0 {
            try tool(["setfacl", "-m", "u:1234:rwx,g:77:r"], path)
            if isFolder { try tool(["setfacl", "-d", "-m", "u:4321:rx"], path) }
        }
        if !isFolder {
            dress(
                path,
                mode: isLink ? nil : [0o644, 0o4755, 0o2711, 0o000, 0o600, 0o1644].randomElement(using: &generator))
        }
    }

    /// Owner, mode and time.
    private mutating func dress(_ path: [UInt8], mode: mode_t?) {
        if geteuid() == 0 {
            let owner: uid_t = [0, 1000, 65534, 3_000_000].randomElement(using: &generator) ?? 0
            check(call(path) { lchown($0, owner, owner / 2) }, path)
        }
        if let mode { check(call(path) { chmod($0, mode) }, path) }
        let seconds = [0, -5, -1, 1, 1_700_000_000, 4_000_000_000, -80_000].randomElement(using: &generator) ?? 0
        let fraction = [0, 1, 500_000_000, 123_456_789, 999_999_999].randomElement(using: &generator) ?? 0
        let times = [timespec(), timespec(tv_sec: seconds, tv_nsec: fraction)]
        check(call(path) { utimensat(AT_FDCWD, $0, times, AT_SYMLINK_NOFOLLOW) }, path)
    }

    private mutating func write(_ path: [UInt8]) -> CInt {
        let size = [0, 1, 511, 512, 513, 70_000, 300_000].randomElement(using: &generator) ?? 0
        let block = (0..<1021).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let content = (0...size / 1021).flatMap { _ in block }
        let file = call(path) { open($0, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        defer { close(file) }
        return Glibc.write(file, content, size) == size ? 0 : -1
    }

    /// Data and holes in turn, with a hole at the beginning, at the end, everywhere or nowhere.
    private mutating func sparse(_ path: [UInt8]) -> CInt {
        let file = call(path) { open($0, O_WRONLY | O_CREAT | O_EXCL, 0o600) }
        defer { close(file) }
        let content = [UInt8](repeating: 7, count: 4096)
        for block in 0..<40 where Int.random(in: 0..<3, using: &generator) == 0 {
            guard pwrite(file, content, content.count, block * 65536) == content.count else { return -1 }
        }
        return ftruncate(file, 40 * 65536 + Int.random(in: 0..<5000, using: &generator))
    }

    private func tool(_ arguments: [String], _ path: [UInt8]) throws {
        // Names that are not UTF-8 go through a shell that reads them from its input.
        let command = arguments.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }.joined(
            separator: " ")
        try Shell.run("sh", "-c", "xargs -0 \(command) --", input: path)
    }

    private func call(_ path: [UInt8], _ body: (UnsafePointer<CChar>) -> CInt) -> CInt {
        (path + [0]).map(CChar.init(bitPattern:)).withUnsafeBufferPointer { memory in
            memory.baseAddress.map(body) ?? -1
        }
    }

    private func check(_ result: CInt, _ path: [UInt8]) {
        precondition(result >= 0, "\(String(decoding: path, as: UTF8.self)): \(String(cString: strerror(errno)))")
    }
}
