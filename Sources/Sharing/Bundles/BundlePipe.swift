// SPDX-License-Identifier: Apache-2.0

import Glibc
public import SystemPackage

/// A pipe into which a bundle is written, such as standard output.
public struct BundlePipe {
    private let descriptor: FileDescriptor
    private let cancellation: Cancellation

    /// A pipe that stays open.
    public init(_ descriptor: FileDescriptor, cancellation: Cancellation) {
        self.descriptor = descriptor
        self.cancellation = cancellation
    }

    /// Writes all of the bytes.
    ///
    /// - Throws: `SharingError` where nobody reads any more, or the disk behind it is full.
    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try Readiness.wait(for: descriptor, POLLOUT, cancellation)
            // At most what a pipe takes at once when poll says that it takes something (pipe(7), PIPE_BUF).
            let portion = UnsafeRawBufferPointer(rebasing: rest.prefix(4096))
            do { rest = rest.dropFirst(try descriptor.write(portion)) } catch let error as Errno {
                throw SharingError(.system, "the bundle cannot be written to the pipe: \(error)")
            }
        }
    }
}
