// SPDX-License-Identifier: Apache-2.0
// flock(2): the kernel lets go of the lock when its holder ends, however it ends.

import Foundation
import Glibc
import SystemPackage

/// The temporary files beside a bundle that runs left which were killed while they wrote it.
///
/// A run keeps the first of its files locked, and gives that one its name last; so files without a lock are nobody's.
struct BundleLeftovers {
    /// How the names of temporary files end: behind the file's name and the mark of the run.
    static let suffix = ".tmp"

    private let path: FilePath

    /// What was left beside a bundle's file or parts.
    init(of path: FilePath) { self.path = path }

    /// Locks the first file of a run, by a descriptor of its own that holds the lock until it is closed.
    static func own(_ descriptor: FileDescriptor) throws -> FileDescriptor {
        let owned = try descriptor.duplicate()
        // Where the file system knows no locks, nobody can take one and remove the file.
        _ = flock(owned.rawValue, LOCK_EX | LOCK_NB)
        return owned
    }

    /// Removes them; what cannot be removed stays.
    func remove() {
        let folder = path.removingLastComponent()
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder.string)) ?? []
        let runs = Dictionary(grouping: names.filter { mark(of: $0) != nil }) { mark(of: $0) }
        for files in runs.values.map({ $0.sorted().map { folder.appending($0) } }) {
            guard let lock = Self.lock(files[0]) else { continue }
            for file in files { _ = file.withPlatformString { unlink($0) } }
            try? lock.close()
        }
    }

    /// The mark of the run whose file this is; nil of other files.
    private func mark(of name: String) -> String? {
        guard let stem = path.lastComponent?.string, name.hasPrefix(stem + "."), name.hasSuffix(Self.suffix) else {
            return nil
        }
        let middle = name.dropFirst(stem.count + 1).dropLast(Self.suffix.count).split(
            separator: ".", omittingEmptySubsequences: false)
        guard let mark = middle.last, UInt64(mark, radix: 16) != nil else { return nil }
        let isPart = middle.count == 2 && middle[0].hasPrefix("part") && UInt(middle[0].dropFirst(4)) != nil
        return middle.count == 1 || isPart ? String(mark) : nil
    }

    private static func lock(_ file: FilePath) -> FileDescriptor? {
        guard let descriptor = try? FileDescriptor.open(file, .readOnly, options: [.noFollow, .closeOnExec]) else {
            return nil
        }
        guard flock(descriptor.rawValue, LOCK_EX | LOCK_NB) == 0 else {
            try? descriptor.close()
            return nil
        }
        return descriptor
    }
}
