// SPDX-License-Identifier: Apache-2.0

import NIOCore
import NIOPosix
import Synchronization

/// A wire on a socket of this machine, or on the standard input and output of a command.
final class SocketWire: Wire {
    private let channel: any Channel
    private let reader: NIOLoopBound<ChannelReader>
    private let fault = Mutex<WireFault?>(nil)
    /// The command that carries the bytes on, where there is one.
    let command: ConnectionCommand?

    var socket: SocketWire { self }
    var tunnels: [TunnelWire] { [] }

    private init(channel: any Channel, reader: NIOLoopBound<ChannelReader>, command: ConnectionCommand?) {
        self.channel = channel
        self.reader = reader
        self.command = command
    }

    /// Connects to an address.
    static func connect(to address: EngineAddress, within limit: Duration) async throws -> SocketWire {
        let bootstrap = bootstrap.connectTimeout(TimeAmount(limit))
        switch address {
        case .unix(let path):
            return try await bootstrap.connect(
                unixDomainSocketPath: path, channelInitializer: { wire(on: $0) })
        case .tcp(let host, let port):
            return try await bootstrap.connect(
                host: host, port: port, channelInitializer: { wire(on: $0) })
        case .tls(let host, let port, let files):
            let secured = try await bootstrap.connect(
                host: host, port: port, channelInitializer: { secure($0, files, host: host) })
            try await secured.wire.perform(within: limit) { secured.isReady }
            return secured.wire
        case .ssh(let destination):
            let command = try ConnectionCommand(destination.command(connectLimit: limit))
            let connected = try await bootstrap.withConnectedSocket(
                command.socket, channelInitializer: { wire(on: $0, command) })
            connected.onClose { command.end() }
            return connected
        }
    }

    /// A wire on a socket that is connected already, which it closes.
    static func adopt(_ descriptor: CInt) async throws -> SocketWire {
        try await bootstrap.withConnectedSocket(descriptor, channelInitializer: { wire(on: $0) })
    }

    /// A wire on a connection that a listening socket took, which must not read by itself.
    static func accepted(_ channel: any Channel) throws -> SocketWire { try addReader(to: channel) }

    private static var bootstrap: ClientBootstrap {
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.autoRead, value: false)
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 128 << 10))
    }

    private static func wire(
        on channel: any Channel, _ command: ConnectionCommand? = nil
    ) -> EventLoopFuture<SocketWire> {
        channel.eventLoop.makeCompletedFuture { try addReader(to: channel, command) }
    }

    /// A wire behind TLS, and what tells when it may be used.
    private static func secure(
        _ channel: any Channel, _ files: TLSFiles, host: String
    ) -> EventLoopFuture<(wire: SocketWire, isReady: EventLoopFuture<Void>)> {
        channel.eventLoop.makeCompletedFuture {
            let session = try TLSSession(TLSContext(files), host: host)
            let ready = channel.eventLoop.makePromise(of: Void.self)
            try channel.pipeline.syncOperations.addHandler(TLSHandler(session, handshake: ready))
            return (try addReader(to: channel), ready.futureResult)
        }
    }

    private static func addReader(to channel: any Channel, _ command: ConnectionCommand? = nil) throws -> SocketWire {
        let reader = ChannelReader()
        try channel.pipeline.syncOperations.addHandler(reader)
        return SocketWire(
            channel: channel, reader: NIOLoopBound(reader, eventLoop: channel.eventLoop), command: command)
    }

    func read(within limit: Duration?) async throws -> ByteBuffer? {
        try await perform(within: limit) { [channel, reader] in reader.value.next(on: channel.eventLoop) }
    }

    func write(_ bytes: ByteBuffer, within limit: Duration?) async throws {
        try await perform(within: limit) { [channel, reader] in
            reader.value.expect()
            return channel.writeAndFlush(bytes)
        }
    }

    /// From now on the peer has nothing to send; see `ChannelReader.rest()`.
    func rest() { channel.eventLoop.execute { [reader] in reader.value.rest() } }

    /// From now on an answer may come.
    func wake() async throws {
        try await perform(within: nil) { [channel, reader] in
            reader.value.wake()
            return channel.eventLoop.makeSucceededVoidFuture()
        }
    }

    /// Ends what this side sends; the peer may go on.
    func closeOutput() async throws {
        try await perform(within: nil) { [channel] in channel.close(mode: .output) }
    }

    /// Closes at once, without waiting.
    func close() { channel.close(mode: .all, promise: nil) }

    /// Closes with a reason, which whoever uses the wire is told.
    func close(because reason: WireFault) {
        fault.withLock { $0 = $0 ?? reason }
        close()
    }

    /// Closes, and returns when the socket is closed.
    func closeAndWait() async {
        close()
        try? await channel.closeFuture.get()
    }

    /// Closes the wire after a time, unless the returned alarm is cancelled.
    func closeLater(after limit: Duration, because reason: WireFault) -> Scheduled<Void> {
        schedule(after: limit) { [self] in close(because: reason) }
    }

    /// Runs a body on the wire's loop after a time, unless cancelled.
    func schedule(after time: Duration, _ body: @escaping @Sendable () -> Void) -> Scheduled<Void> {
        channel.eventLoop.scheduleTask(in: TimeAmount(time), body)
    }

    /// Calls back when the socket has closed, on whatever side.
    func onClose(_ body: @escaping @Sendable () -> Void) { channel.closeFuture.whenComplete { _ in body() } }

    /// Runs an operation on the channel's loop; it ends with the limit or with the task, by closing the channel.
    private func perform<Value: Sendable>(
        within limit: Duration?, _ operation: @escaping @Sendable () -> EventLoopFuture<Value>
    ) async throws -> Value {
        try await withTaskCancellationHandler {
            try Task.checkCancellation()
            let future = channel.eventLoop.flatSubmit { [self] in
                let future = operation()
                guard let limit else { return future }
                let alarm = closeLater(after: limit, because: .timedOut(limit))
                future.whenComplete { _ in alarm.cancel() }
                return future
            }
            let result: Result<Value, any Error>
            do {
                result = .success(try await future.get())
            } catch {
                result = .failure(error)
            }
            // Closing the channel ends a read as the end of the stream would: the reason tells them apart.
            if let fault = fault.withLock({ $0 }) { throw fault }
            try Task.checkCancellation()
            return try result.get()
        } onCancel: {
            close()
        }
    }
}

extension TimeAmount {
    /// A duration as NIO counts it.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        // Some 290 years fit.
        let whole = min(max(seconds, 0), Int64.max / 1_000_000_000 - 1)
        self = .nanoseconds(whole * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
