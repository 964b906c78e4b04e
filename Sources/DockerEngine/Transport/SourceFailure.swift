// SPDX-License-Identifier: Apache-2.0

/// Marks a failure of what was to be uploaded, which its owner understands best: it is passed on as it is.
struct SourceFailure: Error {
    let cause: any Error
}
