// SPDX-License-Identifier: Apache-2.0
public import Archive
import Glibc

extension LocalDataAccess {
    /// Writes down what tells later which parts of a folder or a file were touched.
    public func stamp(_ path: String, excluding exclusions: [Exclusion], into stamps: String) async throws {
        try await BlockingWork.run { try TreeAccess.stamp(path, excluding: exclusions, into: stamps) }
    }

    /// Whether anything was touched in a folder or a file since it was stamped.
    public func isTouched(_ path: String, excluding exclusions: [Exclusion], since stamps: String) async throws -> Bool
    {
        try await BlockingWork.run { try TreeAccess.isTouched(path, excluding: exclusions, since: stamps) }
    }

    /// Puts a folder back to what an archive holds, by writing what was touched since it was stamped.
    public func revert(
        _ path: String, excluding exclusions: [Exclusion], since stamps: String,
        limits: TreeExtractor.Options.Limits, open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Bool {
        let extraction = extraction
        return try await BlockingWork.run {
            try TreeAccess.revert(
                path, excluding: exclusions, since: stamps, limits: limits, from: open, extraction)
        }
    }

    /// The path of what a path leads to, without symbolic links; see realpath(3).
    public func realPath(of path: String) async throws -> String? {
        guard let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether two paths lead to the same object; see inode(7).
    public func isSame(_ path: String, as other: String) async throws -> Bool {
        var (one, two) = (Glibc.stat(), Glibc.stat())
        guard stat(path, &one) == 0, stat(other, &two) == 0 else { return false }
        return (one.st_dev, one.st_ino) == (two.st_dev, two.st_ino)
    }
}
