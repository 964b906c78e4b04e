// SPDX-License-Identifier: Apache-2.0

public import Catalogue
import EnvironmentModel
public import Snapshots

/// A snapshot with stand-ins in the place of its secrets, in a library of its own that is gone when it was given away.
public final class RedactedSnapshot: Sendable {
    /// The snapshot in its library.
    public let snapshot: SnapshotRecord
    /// The library, which lies in a transaction's folder of the one that the original is in.
    public let library: SnapshotLibrary
    /// How many different secrets were replaced.
    public let secrets: Int
    /// In how many places.
    public let places: Int
    /// Files in which something known was replaced although they are no text: their programs may not like it.
    public let opaqueFiles: [String]
    /// How many verifiers of passwords are in it whose password is not known.
    public let unknownVerifiers: Int
    /// What it was made from.
    public let report: SecretReport
    let replacedVerifiers: [[UInt8]]
    private let transaction: SnapshotTransaction

    init(
        _ snapshot: SnapshotRecord, in library: SnapshotLibrary, report: SecretReport, places: Int,
        opaqueFiles: [String],
        verifiers: PostgresVerifiers, transaction: SnapshotTransaction
    ) {
        self.snapshot = snapshot
        self.library = library
        self.report = report
        self.places = places
        self.opaqueFiles = opaqueFiles
        self.transaction = transaction
        secrets = report.values.count + report.weakValues.count
        unknownVerifiers = verifiers.unknown.count
        replacedVerifiers = verifiers.replaced
    }

    /// Removes it with its library.
    public func discard() { transaction.end() }

    deinit { discard() }
}
