// SPDX-License-Identifier: Apache-2.0

import NIOCore

/// The end of a channel's pipeline: reads from the socket only while somebody waits for bytes.
///
/// The channel's `autoRead` is off, so a consumer that is slow slows the sender, through every tunnel, and nothing
/// piles up here but what one read brought (and what the kernel held when the peer closed).
final class ChannelReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = Never

    private var received = CircularBuffer<ByteBuffer>()
    private var waiter: EventLoopPromise<ByteBuffer?>?
    private var end: Result<Void, any Error>?
    private var context: ChannelHandlerContext?
    private var isIdle = false

    /// The next bytes; nil at the end of the stream, and one caller at a time.
    func next(on eventLoop: any EventLoop) -> EventLoopFuture<ByteBuffer?> {
        if let bytes = received.popFirst() { return eventLoop.makeSucceededFuture(bytes) }
        if let end { return eventLoop.makeCompletedFuture(end.map { nil }) }
        guard waiter == nil, let context else { return eventLoop.makeFailedFuture(ChannelError.operationUnsupported) }
        let promise = eventLoop.makePromise(of: ByteBuffer?.self)
        waiter = promise
        context.read()
        return promise.futureResult
    }

    /// Before a write: where the peer has closed, NIO saves what had come only if a read is pending when the write fails.
    func expect() {
        if received.isEmpty, waiter == nil, end == nil { context?.read() }
    }

    /// Between two requests: nothing may come, and what comes closes the channel.
    ///
    /// Some proxies send a 408 there, which would be taken for the answer to the next request.
    func rest() {
        isIdle = true
        if !received.isEmpty { context?.close(promise: nil) } else { context?.read() }
    }

    /// Before a request.
    func wake() { isIdle = false }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        finish(.success(()))
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        guard !isIdle else { return context.close(promise: nil) }
        guard let waiter else { return received.append(bytes) }
        self.waiter = nil
        waiter.succeed(bytes)
    }

    func channelInactive(context: ChannelHandlerContext) { finish(.success(())) }

    /// A peer that has said all may still listen, where the channel lets it (`allowRemoteHalfClosure`).
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent { finish(.success(())) }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        finish(.failure(error))
        context.close(promise: nil)
    }

    private func finish(_ result: Result<Void, any Error>) {
        end = end ?? result
        guard let waiter else { return }
        self.waiter = nil
        waiter.completeWith(result.map { nil })
    }
}
