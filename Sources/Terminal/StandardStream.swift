// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Standard output and standard error.
public enum StandardStream: Int32, Sendable {
    /// Where results go.
    case output = 1
    /// Where everything else goes.
    case error = 2

    /// Writes all of the bytes.
    ///
    /// A reader that is gone, as `head` is when it has enough, or a full disk, does not stop what is being done: what
    /// cannot be written is dropped.
    ///
    /// - Returns: whether all was written.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(rawValue, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                var descriptor = pollfd(fd: rawValue, events: Int16(POLLOUT), revents: 0)
                guard poll(&descriptor, 1, -1) >= 0 || errno == EINTR else { return false }
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Writes lines, many at once.
    public func write(lines: [String]) {
        var bytes: [UInt8] = []
        for line in lines {
            bytes.append(contentsOf: line.utf8)
            bytes.append(UInt8(ascii: "\n"))
            guard bytes.count >= 1 << 16 else { continue }
            write(bytes)
            bytes.removeAll(keepingCapacity: true)
        }
        write(bytes)
    }
}
