// SPDX-License-Identifier: Apache-2.0
import NIOCore

/// TLS between a channel and what is behind it in the pipeline.
///
/// Like the channel, it reads only when asked to, so that a slow reader slows the sender.
final class TLSHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let session: TLSSession
    private let handshake: EventLoopPromise<Void>
    private var isReady = false
    private var hasEnded = false
    /// Whether somebody waits for bytes.
    private var isAsked = false

    /// - Parameter handshake: told when bytes may be sent, or why not.
    init(_ session: TLSSession, handshake: EventLoopPromise<Void>) {
        self.session = session
        self.handshake = handshake
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { shakeHands(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { handshake.fail(ChannelError.ioOnClosedChannel) }

    func channelActive(context: ChannelHandlerContext) {
        context.fireChannelActive()
        shakeHands(context)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        session.feed(unwrapInboundIn(data))
        if isReady { deliver(context) } else { shakeHands(context) }
    }

    func read(context: ChannelHandlerContext) {
        isAsked = true
        if isReady { deliver(context) }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        do { try session.write(unwrapOutboundIn(data)) } catch {
            promise?.fail(error)
            return context.fireErrorCaught(error)
        }
        let bytes = session.takeOutput(context.channel.allocator) ?? ByteBuffer()
        context.write(wrapOutboundOut(bytes), promise: promise)
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if isReady {
            session.sayGoodbye()
            flushOutput(context)
        }
        // The end of what this side sends is the goodbye; the socket stays open for what is still to come.
        if mode == .output { promise?.succeed() } else { context.close(mode: mode, promise: promise) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if isReady {
            drain(context)
        } else {
            handshake.fail(TLSFault.failed(reason: "the connection was closed during the handshake"))
        }
        context.fireChannelInactive()
    }

    /// Passes on what came before the end, which is one only with the other side's goodbye.
    private func drain(_ context: ChannelHandlerContext) {
        while !hasEnded {
            do {
                switch try session.read(context.channel.allocator) {
                case .done(let bytes): context.fireChannelRead(wrapInboundOut(bytes))
                case .wantsInput: throw TLSFault.cut
                case .ended: hasEnded = true
                }
            } catch {
                hasEnded = true
                context.fireErrorCaught(error)
            }
        }
    }

    private func shakeHands(_ context: ChannelHandlerContext) {
        do {
            let step = try session.shakeHands()
            flushOutput(context)
            guard case .done = step else { return context.read() }
            isReady = true
            handshake.succeed()
            deliver(context)
        } catch {
            // The other side is told why.
            flushOutput(context)
            handshake.fail(error)
            context.close(promise: nil)
        }
    }

    /// Passes on what has come; asks the socket for more only where somebody still waits.
    private func deliver(_ context: ChannelHandlerContext) {
        guard isAsked, !hasEnded else { return }
        do {
            switch try session.read(context.channel.allocator) {
            case .done(let bytes):
                isAsked = false
                context.fireChannelRead(wrapInboundOut(bytes))
                context.fireChannelReadComplete()
            case .wantsInput: context.read()
            case .ended:
                hasEnded = true
                context.close(promise: nil)
            }
        } catch {
            hasEnded = true
            context.fireErrorCaught(error)
        }
        flushOutput(context)
    }

    private func flushOutput(_ context: ChannelHandlerContext) {
        guard let bytes = session.takeOutput(context.channel.allocator) else { return }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
    }
}
