// SPDX-License-Identifier: Apache-2.0

extension SecretEditor {
    /// Edits JSON: the places that the rules find in it, everything that is known in what its strings mean, and in the text
    /// as it is written.
    ///
    /// - Returns: in how many places.
    func editJSON(_ text: inout [UInt8]) throws -> Int {
        var count = try edit(&text, at: JSONScanner.scan(text).hits.map(\.hit))
        for range in JSONLiterals.escaped(in: text) {
            let units = TextUnits(text[range], .escaped)
            var meaning = units.decoded
            let places = try edit(&meaning, from: 0, to: meaning.count)
            guard !places.isEmpty else { continue }
            guard let written = units.rewritten(as: meaning), written.count == range.count else {
                throw SharingError(.secretLeft, "a secret is written in a way in which it cannot be replaced")
            }
            text.replaceSubrange(range, with: written)
            count += places.count
        }
        return count
    }
}

extension JSONLiterals {
    /// Where strings with escapes stand: what they mean is not what is written.
    static func escaped(in text: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        forEach(in: text) { if text[$0.range].contains(0x5C) { ranges.append($0.range) } }
        return ranges
    }
}
