// SPDX-License-Identifier: Apache-2.0

/// How long to wait for an engine, and how much to hold in memory.
public struct EngineLimits: Sendable {
    /// For opening a connection, and for the first answer of an engine.
    public var connect: Duration = .seconds(10)
    /// For the whole of an ordinary request.
    public var request: Duration = .seconds(60)
    /// For the answer to an upload once all of it was sent: an engine unpacks an image before it answers.
    public var bulk: Duration = .seconds(900)
    /// For one more byte of a stream whose reader waits, and for one more chunk of an upload to be taken.
    public var stall: Duration = .seconds(120)
    /// For a connection without a request, before it is closed.
    public var idle: Duration = .seconds(30)
    /// The longest answer that is held in memory, in bytes.
    public var responseBytes: Int = 64 << 20

    /// The limits that suit engines on this machine.
    public init() {}

    /// The limits that suit engines on this machine.
    public static let standard = EngineLimits()
}
