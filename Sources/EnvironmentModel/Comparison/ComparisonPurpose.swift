// SPDX-License-Identifier: Apache-2.0

/// What two environments are compared for: it decides which rules hold, and in which form objects are compared.
public struct ComparisonPurpose: Sendable, Equatable {
    /// Whether what was found is a replay of what was captured; else the two are two looks, of which either may be first.
    let isOfReplay: Bool
    /// Whether lists whose elements have names are compared by them, and fields that say one thing are one.
    let isByName: Bool

    /// Whether a replay is exact: field by field, in order.
    public static let verdict = ComparisonPurpose(isOfReplay: true, isByName: false)
    /// What has become of a replay since, for people.
    public static let drift = ComparisonPurpose(isOfReplay: true, isByName: true)
    /// What two captures differ in, for people.
    public static let difference = ComparisonPurpose(isOfReplay: false, isByName: true)
}
