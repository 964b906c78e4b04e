// SPDX-License-Identifier: Apache-2.0

/// A secret at its place in a text.
struct SecretHit {
    /// Where it is written.
    var range: Range<Int>
    /// What it is, whatever way it is written.
    let value: [UInt8]
    /// The way in which it is written there.
    var writing: SecretWriting
    /// Why it is taken for one.
    let rule: SecretRule
    /// What it is called there; empty where it has no name.
    var name: String
    /// How much of a secret it is.
    var grade: SecretGrade
    /// Whether it goes on what the hit before began, as the second line of a key.
    var isContinuation = false
    /// The user whose password it is, where that is told.
    var user: [UInt8]?
}

extension [SecretHit] {
    /// The hits in their order; of those that overlap, the first and longest.
    var resolved: [SecretHit] {
        var kept: [SecretHit] = []
        let ordered = sorted { ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count) }
        for hit in ordered where kept.last.map({ $0.range.upperBound <= hit.range.lowerBound }) ?? true {
            kept.append(hit)
        }
        return kept
    }
}
