// SPDX-License-Identifier: Apache-2.0
public import Archive
import Glibc
import SystemPackage

extension LocalDataAccess {
    /// Unpacks a layer of an image into the folder of an overlay.
    public func unpackLayer(
        into folder: String, recipe: String, open: @escaping @Sendable () throws -> ByteSource
    ) async throws -> Int64 {
        let extraction = extraction
        return try await BlockingWork.run {
            let output = try FileDescriptor.open(
                FilePath(recipe), .writeOnly, options: [.create, .truncate, .closeOnExec],
                permissions: [.ownerReadWrite])
            return try output.closeAfter {
                let recorder = try TarSplitRecorder(sink: { bytes in _ = try output.writeAll(bytes) })
                let source = Self.interruptible(try open())
                let root = try FileDescriptor.open(FilePath(folder), .readOnly, options: [.directory, .closeOnExec])
                try root.closeAfter {
                    let recorded: ByteSource = { buffer in
                        let count = try source(buffer)
                        try recorder.feed(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
                        return count
                    }
                    try extraction.extract(recorded, into: root, .layer)
                }
                var rest = [UInt8](repeating: 0, count: 1 << 16)
                while case let count = try rest.withUnsafeMutableBytes({ try source($0) }), count > 0 {
                    try rest.withUnsafeBytes { try recorder.feed(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
                }
                try recorder.finish()
                return recorder.contentSize
            }
        }
    }

    /// Makes a folder, with those above it.
    public func makeFolder(_ path: String, permissions: UInt32) async throws {
        var built = FilePath("/")
        for component in FilePath(path).components {
            built.append(component)
            guard mkdir(built.string, 0o710) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
        }
        guard chmod(path, permissions) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Writes a small file.
    public func writeFile(_ path: String, _ bytes: [UInt8]) async throws {
        let file = try FileDescriptor.open(
            FilePath(path), .writeOnly, options: [.create, .truncate, .closeOnExec],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        _ = try file.closeAfter { try file.writeAll(bytes) }
    }

    /// Makes a symbolic link.
    public func makeLink(_ path: String, to target: String) async throws {
        guard symlink(target, path) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes what stands at a path, with all below it.
    public func remove(_ path: String) async throws {
        let file = FilePath(path)
        guard let name = file.lastComponent else { return }
        try await BlockingWork.run {
            let parent = try FileDescriptor.open(
                file.removingLastComponent(), .readOnly, options: [.directory, .closeOnExec])
            try parent.closeAfter { try removeTree(named: Array(name.string.utf8), in: parent) }
        }
    }
}
