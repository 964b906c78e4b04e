// SPDX-License-Identifier: Apache-2.0

import Hashing
import OCI

extension ContentStoreError {
    /// Stored bytes that are not what their name says.
    static func damaged(_ digest: Digest, _ reason: String) -> ContentStoreError {
        ContentStoreError(
            .damaged,
            "\(digest) in the store is damaged: \(reason); 'envsnap check --read-data' tells which snapshots need it",
            digest: digest)
    }

    /// Bytes that the store has not.
    static func missing(_ digest: Digest) -> ContentStoreError {
        ContentStoreError(
            .missing, "\(digest) is not in the store; 'envsnap check' tells which snapshots need it", digest: digest)
    }

    /// Runs a part of a hash computation.
    static func hashing<Value>(_ body: () throws(HashingError) -> Value) throws(ContentStoreError) -> Value {
        do {
            return try body()
        } catch {
            throw ContentStoreError(.failed, error.message, cause: error)
        }
    }
}
