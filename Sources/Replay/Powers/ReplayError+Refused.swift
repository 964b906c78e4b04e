// SPDX-License-Identifier: Apache-2.0

extension ReplayError {
    /// A snapshot from elsewhere asks for powers that were not granted.
    static func refused(_ missing: [PowerRequest]) -> ReplayError {
        ReplayError(
            .refused,
            "the snapshot came from elsewhere and asks for powers that were not allowed: "
                + missing.map(\.flag).joined(separator: ", "),
            hint: missing.map { "--allow \($0.flag)" }.joined(separator: " "))
    }
}
