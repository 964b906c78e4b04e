// SPDX-License-Identifier: Apache-2.0
import DockerEngine

/// Carries bytes between envsnap and a helper.
protocol HelperLink: Sendable {
    func send(_ bytes: [UInt8]) async throws
    /// The next bytes; nil at the end.
    func receive() async throws -> [UInt8]?
    func close() async
    /// What the helper said beside its answers.
    var words: String { get }
}
