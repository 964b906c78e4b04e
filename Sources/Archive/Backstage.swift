// SPDX-License-Identifier: Apache-2.0
import Dispatch

/// Does steps one after the other on a thread of its own, while the caller prepares the next one.
///
/// At most one step is under way, so that memory stays bounded. After a step that failed, every call throws its error.
public final class Backstage {
    private let queue = DispatchQueue(label: "envsnap.backstage")
    private let group = DispatchGroup()
    // Written by a step, read after the group was waited for.
    nonisolated(unsafe) private var failure: (any Error)?

    /// Nothing to do yet.
    public init() {}

    /// Waits for the step before and begins this one.
    ///
    /// - Throws: the error of an earlier step.
    public func begin(_ step: @escaping () throws -> Void) throws {
        try wait()
        // The caller lets go of what the step uses until it has waited.
        nonisolated(unsafe) let (step, stage) = (step, self)
        queue.async(group: group) {
            do { try step() } catch { stage.failure = error }
        }
    }

    /// Waits until no step is under way.
    ///
    /// - Throws: the error of an earlier step.
    public func wait() throws {
        group.wait()
        if let failure { throw failure }
    }
}
