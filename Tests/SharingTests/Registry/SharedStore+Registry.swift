// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Snapshots
import Steps

@testable import Sharing

extension RegistryOptions {
    /// Options with which tests need not wait.
    static func quick(_ environment: [String: String] = [:]) -> RegistryOptions {
        var options = RegistryOptions(environment: environment, userAgent: "envsnap/test")
        options.attempts = 4
        options.firstDelay = 0.01
        options.chunkSize = 256 << 10
        options.stallSeconds = 2
        return options
    }
}

extension SharedStore {
    @discardableResult
    func push(
        _ snapshot: SnapshotRecord, to reference: String, _ options: RegistryOptions = .quick()
    ) throws -> RegistryPusher.Report {
        try RegistryPusher(snapshot, library: library, options: options, report: .silent)
            .push(to: RegistryReference(parsing: reference), cancellation: Cancellation())
    }

    @discardableResult
    func pull(_ reference: String, _ options: RegistryOptions = .quick()) throws -> ReceivedSnapshot {
        try RegistryPuller(RegistryReference(parsing: reference), options: options, report: .silent)
            .pull(into: library, receivedAt: "2026-11-24T10:00:00Z", cancellation: Cancellation())
    }
}
