// SPDX-License-Identifier: Apache-2.0

/// How a wire failed; the request that was under way turns it into an `EngineError`.
enum WireFault: Error {
    /// No byte came or went in time.
    case timedOut(Duration)
    /// The engine object was closed while the wire was in use.
    case closed
    /// The bytes in a tunnel are no frames.
    case frames(StdcopyFault)
}
