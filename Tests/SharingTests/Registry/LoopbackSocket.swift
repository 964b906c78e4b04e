// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A TCP socket on 127.0.0.1, with calls that block.
struct LoopbackSocket: Sendable {
    let descriptor: Int32

    /// A socket that listens on a free port.
    static func listening() throws -> (socket: LoopbackSocket, port: UInt16) {
        let socket = try LoopbackSocket()
        var address = Self.address(0)
        let bound = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, listen(socket.descriptor, 64) == 0 else { throw SocketError() }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket.descriptor, $0, &size) }
        }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// A socket that is connected to a port.
    static func connected(to port: UInt16) throws -> LoopbackSocket {
        let socket = try LoopbackSocket()
        var address = Self.address(port)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket.descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard result == 0 else {
            socket.close()
            throw SocketError()
        }
        return socket
    }

    /// A port on which nobody listens at this moment.
    static func freePort() throws -> UInt16 {
        let (socket, port) = try listening()
        socket.close()
        return port
    }

    private init() throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SocketError() }
    }

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    func accepted() -> LoopbackSocket? {
        let connection = accept(descriptor, nil, nil)
        return connection >= 0 ? LoopbackSocket(connection) : nil
    }

    /// Some bytes; none at the end.
    func read(_ limit: Int = 65536) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            count = max(0, recv(descriptor, buffer.baseAddress, limit, 0))
        }
    }

    /// Writes all of the bytes; false when the other end is gone.
    @discardableResult
    func write(_ bytes: some Collection<UInt8>) -> Bool {
        var rest = Array(bytes)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    func shutdown() { _ = Glibc.shutdown(descriptor, Int32(SHUT_RDWR)) }
    func close() { _ = Glibc.close(descriptor) }

    private static func address(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

struct SocketError: Error {
    let number = errno
}
