// SPDX-License-Identifier: Apache-2.0

/// Connects to the socket of an engine and returns the descriptor, which then belongs to whoever called.
///
/// Called for each new connection, so that an engine that was started again is found again.
public typealias SocketOpener = @Sendable () async throws -> CInt
