// SPDX-License-Identifier: Apache-2.0
import CLinux
import Foundation
import Glibc
import SystemPackage

extension LocalDataAccess {
    /// Connects to a unix socket of this path inside the root of a process.
    ///
    /// The name of such a socket is good in every network namespace (unix(7)). No symbolic link in the container leads
    /// out of its root, be it absolute.
    public func connect(toSocket path: String, of process: String) async throws -> CInt {
        let root = try FileDescriptor.open(
            FilePath("\(process)/root"), .readOnly,
            options: [.init(rawValue: envsnap_o_path), .directory, .closeOnExec])
        return try root.closeAfter {
            let flags = UInt64(envsnap_o_path | O_CLOEXEC)
            let resolve = envsnap_resolve_in_root | envsnap_resolve_no_magiclinks
            let number = envsnap_openat2(root.rawValue, path, flags, 0, resolve)
            guard number >= 0 else { throw Errno(rawValue: errno) }
            return try FileDescriptor(rawValue: number).closeAfter { try connect(to: "/proc/self/fd/\(number)") }
        }
    }

    private func connect(to path: String) throws -> CInt {
        // Without waiting: one whose queue is full is as good as closed.
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        guard descriptor >= 0 else { throw Errno(rawValue: errno) }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
        }
        guard result == 0 else {
            let failure = Errno(rawValue: errno)
            close(descriptor)
            throw failure
        }
        return descriptor
    }

    /// Reads small files as they are in the network namespace of a process: `/proc/sys/net` shows that of the thread
    /// that reads.
    public func readFiles(_ paths: [String], inNetworkOf process: String) async throws -> [[UInt8]] {
        try await withCheckedThrowingContinuation { continuation in
            // Of its own, and ended afterwards, since it stays in the namespace.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        let network = try FileDescriptor.open(
                            FilePath("\(process)/ns/net"), .readOnly, options: [.closeOnExec])
                        try network.closeAfter {
                            guard envsnap_enter_network(network.rawValue) == 0 else { throw Errno(rawValue: errno) }
                        }
                        return try paths.map(TreeAccess.readFile)
                    })
            }
        }
    }
}
